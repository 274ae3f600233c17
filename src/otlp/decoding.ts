import type { AnyValue } from "../otel/span.ts";
import type { DecodeError } from "./refusals.ts";
import { MAX_SPAN_TEXT, MAX_VALUES } from "./limits.ts";
import { mayBeLarge, ValueOffloader } from "./offloaded-values.ts";
import { Trail } from "./refusals.ts";

/**
 * What both decoders share while they walk one request: where they stand, what was wrong, and what the span at hand has
 * cost so far. The first fault sticks: readers go on with harmless values and loops end, so nothing is thrown.
 */
export class Decoding {
  readonly trail = new Trail();
  readonly offloader = new ValueOffloader();
  /** Refuses the whole request. */
  refusal: DecodeError | undefined;
  /** Rejects the span at hand. */
  rejection: string | undefined;
  /** UTF-16 units of the strings that the span at hand keeps inline. */
  units = 0;
  /** Attribute values of the span at hand, at every level. */
  values = 0;
  #inSpan = false;

  beginSpan(): void {
    this.#inSpan = true;
    this.begin();
  }

  endSpan(): void {
    this.#inSpan = false;
  }

  /** Starts the account of a resource, a scope or a span. */
  begin(): void {
    this.rejection = undefined;
    this.units = 0;
    this.values = 0;
    this.offloader.begin();
  }

  refuse(error: DecodeError): void {
    this.refusal ??= error;
  }

  /** An object for a list, a number for a message: nothing can be said about what the sender meant. */
  wrongShape(field: string, message: string): void {
    this.refuse({ reason: "wrong-shape", path: this.trail.path(field), message });
  }

  /** Rejects the span; in a resource or scope, which many spans share, refuses the request. */
  wrongValue(field: string, message: string): void {
    if (!this.#inSpan) this.wrongShape(field, message);
    else this.rejection ??= `${this.trail.path(field)}: ${message}`;
  }

  /** Counts one attribute value; past the limit the rest of the span need not be read. */
  countValue(): boolean {
    this.values += 1;
    if (this.values <= MAX_VALUES) return true;
    if (this.values === MAX_VALUES + 1) this.wrongValue("", `more than ${MAX_VALUES} attribute values`);
    return false;
  }

  /**
   * A value as it stands in the span: a large one as its preview. `units` and `values` are the account before it;
   * `cutFrom`: how long it was before an earlier receiver cut it, where it says so.
   */
  inline(value: AnyValue, units: number, values: number, field = "value", cutFrom?: number): AnyValue {
    const length = this.units - units;
    if (!mayBeLarge(length, this.values - values)) return value;
    const isStructure = value.arrayValue !== undefined || value.kvlistValue !== undefined;
    if (isStructure && length > MAX_SPAN_TEXT) {
      this.wrongValue(field, `more than ${MAX_SPAN_TEXT} characters in an array or kvlist`);
      return {};
    }
    const kept = this.offloader.value(value, cutFrom);
    if (kept.offloaded !== undefined) this.units = units + (kept.stringValue?.length ?? 0);
    return kept;
  }
}
