import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import type { SpilledValue } from "../../trace/delivery.ts";
import type { AnyValue } from "../../trace/span.ts";
import { askedInConversation } from "../../trace/facts/asking/asked.ts";
import { MAX_ASKED } from "../../trace/facts/facts.ts";
import { cutValue, wellFormedHead } from "./cut-value.ts";
import { gzip } from "../body/gzip.ts";
import { MAX_INLINE_VALUE, PREVIEW_LENGTH } from "../limits.ts";

/** One UTF-16 unit is at most six bytes of JSON: `\u0000`. */
const MAX_BYTES_A_UNIT = 6;

/** A value without its strings: `{"key":"","value":{"doubleValue":-1.7976931348623157e+308}},`. */
const MAX_BYTES_A_VALUE = 64;

const NONE: readonly SpilledValue[] = [];

/** Whether a value with so many units of text and so many values in it has to be measured at all. */
export function mayBeLarge(units: number, values: number): boolean {
  return units * MAX_BYTES_A_UNIT + values * MAX_BYTES_A_VALUE > MAX_INLINE_VALUE;
}

/** Takes large values out of one request's spans: once for each content, whatever number of spans carries it. */
export class Spiller {
  readonly #byHash = new Map<string, SpilledValue>();
  #taken: SpilledValue[] | undefined;

  /** A list that `taken` has given out is never added to again. */
  begin(): void {
    this.#taken = undefined;
  }

  /** The values taken since `begin`. */
  get taken(): readonly SpilledValue[] {
    return this.#taken ?? NONE;
  }

  /** The value, or its preview if its JSON is longer than may stand inline. `cutFrom`: as it says itself, it was cut before. */
  value(value: AnyValue, cutFrom?: number): AnyValue {
    const cut = cutValue(value);
    const text = JSON.stringify(cut?.value ?? value);
    if (cut === undefined && text.length <= MAX_INLINE_VALUE / 3) return value;
    const json = Buffer.from(text);
    if (cut === undefined && json.length <= MAX_INLINE_VALUE) return value;
    const spill = { hash: this.#keep(json), bytes: json.length };
    const from = cut?.from ?? cutFrom;
    const asked =
      from === undefined && value.bytesValue === undefined ? askedInConversation(value, MAX_ASKED) : undefined;
    return {
      stringValue: wellFormedHead((cut?.value ?? value).stringValue ?? text, PREVIEW_LENGTH),
      spill: {
        ...spill,
        ...(from === undefined ? {} : { cutFrom: from }),
        ...(asked === undefined ? {} : { asked }),
      },
    };
  }

  #keep(json: Uint8Array): string {
    const hash = createHash("sha256").update(json).digest("hex");
    let value = this.#byHash.get(hash);
    if (value === undefined) {
      value = { hash, encoding: "gzip", body: gzip(json) };
      this.#byHash.set(hash, value);
    }
    this.#taken ??= [];
    this.#taken.push(value);
    return hash;
  }
}
