import type { AnyValue } from "../otel/span.ts";
import type { DecodeError } from "./refusals.ts";
import { MAX_SPAN_TEXT, MAX_VALUES } from "./limits.ts";
import { mayBeLarge, ValueOffloader } from "./offloaded-values.ts";
import { Trail } from "./refusals.ts";

/**
 * State that both decoders share while they walk one request: the position, the first fault, and the size of the current
 * span so far. The first fault sticks: readers go on with harmless values and loops end, so nothing is thrown.
 */
export class Decoding {
  readonly trail = new Trail();
  readonly offloader = new ValueOffloader();
  /** Refuses the whole request. */
  refusal: DecodeError | undefined;
  /** Rejects the current span. */
  rejection: string | undefined;
  /** UTF-16 units of the current span's inline strings. */
  units = 0;
  /** Attribute values of the current span, at every level. */
  values = 0;
  #inSpan = false;

  beginSpan(): void {
    this.#inSpan = true;
    this.begin();
  }

  endSpan(): void {
    this.#inSpan = false;
  }

  /** Resets the counters for a resource, a scope or a span. */
  begin(): void {
    this.rejection = undefined;
    this.units = 0;
    this.values = 0;
    this.offloader.begin();
  }

  refuse(error: DecodeError): void {
    this.refusal ??= error;
  }

  /** An object in place of a list, a number in place of a message: the sender's meaning is unknown. */
  wrongShape(field: string, message: string): void {
    this.refuse({ reason: "wrong-shape", path: this.trail.path(field), message });
  }

  /** Rejects the current span. Refuses the request if the fault is in a resource or scope: many spans share it. */
  wrongValue(field: string, message: string): void {
    if (!this.#inSpan) this.wrongShape(field, message);
    else this.rejection ??= `${this.trail.path(field)}: ${message}`;
  }

  /** Counts one attribute value; `false` past the limit, where the rest of the span need not be read. */
  countValue(): boolean {
    this.values += 1;
    if (this.values <= MAX_VALUES) return true;
    if (this.values === MAX_VALUES + 1) this.wrongValue("", `more than ${MAX_VALUES} attribute values`);
    return false;
  }

  /**
   * The value to store in the span: a large value is offloaded, and its preview takes its place. `units` and `values`:
   * the counters before this value. `cutFrom`: its length before an earlier receiver cut it, if it carries one.
   */
  inline(value: AnyValue, units: number, values: number, field = "value", cutFrom?: number): AnyValue {
    const length = this.units - units;
    if (!mayBeLarge(length, this.values - values)) return value;
    const isStructure = value.arrayValue !== undefined || value.kvlistValue !== undefined;
    if (isStructure && length > MAX_SPAN_TEXT) {
      this.wrongValue(field, `more than ${MAX_SPAN_TEXT} characters in an array or kvlist`);
      return {};
    }
    const inlined = this.offloader.value(value, cutFrom);
    if (inlined.offloaded !== undefined) this.units = units + (inlined.stringValue?.length ?? 0);
    return inlined;
  }
}
