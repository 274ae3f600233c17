import { MAX_REASON } from "./limits.ts";
import type { DecodedRequest, Rejected } from "./group/trace-group.ts";

/** Counts rejected spans, in all and by trace, each with its first reason. */
export class Rejections {
  #spans = 0;
  #reasons = 0;
  #first: string | undefined;
  readonly #byTrace = new Map<string, Rejected>();

  get spans(): number {
    return this.#spans;
  }

  /** `traceId` is "" if it could not be read. */
  add(spans: number, reason: string, traceId: string): void {
    this.#spans += spans;
    this.#reasons += 1;
    this.#first ??= reason;
    if (traceId === "") return;
    const known = this.#byTrace.get(traceId) ?? { spans: 0, reason: sentence(reason, 0) };
    this.#byTrace.set(traceId, { ...known, spans: known.spans + spans });
  }

  ofTrace(traceId: string): Rejected | undefined {
    return this.#byTrace.get(traceId);
  }

  /** For the partial success. */
  total(): DecodedRequest["rejected"] {
    if (this.#first === undefined) return { count: this.#spans };
    return { count: this.#spans, reason: sentence(this.#first, this.#reasons - 1) };
  }
}

function sentence(reason: string, more: number): string {
  const rest = more === 0 ? "" : ` (and ${more} more)`;
  const room = MAX_REASON - rest.length;
  return (reason.length > room ? `${reason.slice(0, room - 1).toWellFormed()}…` : reason) + rest;
}
