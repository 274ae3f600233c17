import { Decoding } from "../decoding.ts";
import { ProtobufReader } from "./reader.ts";

export class ProtobufDecoding extends Decoding {
  readonly reader: ProtobufReader;
  /** The last id of each field. Spans of one trace or one parent usually follow each other: comparing bytes is cheaper than hex. */
  readonly #before = {
    traceId: { start: -1, id: "" },
    spanId: { start: -1, id: "" },
    parentSpanId: { start: -1, id: "" },
  };

  constructor(bytes: Uint8Array) {
    super();
    this.reader = new ProtobufReader(bytes, this.trail);
  }

  get stopped(): boolean {
    return this.refusal !== undefined || this.reader.fault !== undefined;
  }

  /**
   * Any other field. An unknown field is skipped. `fields` names the known ones by number: another wire type than their
   * own is a fault, since the sender used another schema.
   */
  other(tag: number, fields: readonly string[]): void {
    const name = fields[tag >>> 3] ?? "";
    if (name === "" || tag === 0) this.reader.skip(tag);
    else this.reader.fail(`${name} cannot have wire type ${tag & 7}`);
  }

  /** An inline string of the current span. */
  text(field: string): string {
    const text = this.reader.string(field);
    this.units += text.length;
    return text;
  }

  base64(): string {
    const text = this.reader.base64();
    this.units += text.length;
    return text;
  }

  /** An id; "" if there is none. */
  id(field: "traceId" | "spanId" | "parentSpanId"): string {
    const size = field === "traceId" ? 16 : 8;
    const id = this.reader.id(size, this.#before[field]);
    if (typeof id === "string") return id;
    this.wrongValue(field, `expected ${size} bytes, got ${id}`);
    return "";
  }

  /** Skips the rest of the current message. */
  skipRest(): void {
    this.reader.position = this.reader.end;
  }
}
