import { Decoding } from "../decoding.ts";
import { ProtobufReader } from "./reader.ts";

export class ProtobufDecoding extends Decoding {
  readonly reader: ProtobufReader;
  /** Spans of one trace stand together, and so do those of one parent: making each id's text anew has its price. */
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
   * A field of no case: skipped if unknown. `fields` names the known ones by number: with another wire type than their
   * own they are a fault, as what follows was written by somebody with another schema.
   */
  other(tag: number, fields: readonly string[]): void {
    const name = fields[tag >>> 3] ?? "";
    if (name === "" || tag === 0) this.reader.skip(tag);
    else this.reader.fail(`${name} cannot have wire type ${tag & 7}`);
  }

  /** A string of the span at hand that stays inline. */
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

  /** The id of another span: "" says that there is none. */
  id(field: "traceId" | "spanId" | "parentSpanId"): string {
    const size = field === "traceId" ? 16 : 8;
    const id = this.reader.id(size, this.#before[field]);
    if (typeof id === "string") return id;
    this.wrongValue(field, `expected ${size} bytes, got ${id}`);
    return "";
  }

  /** Leaves the rest of the message at hand unread. */
  skipRest(): void {
    this.reader.position = this.reader.end;
  }
}
