import type { Target } from "../fork/target.ts";
import { MissingPackages } from "./missing-packages.ts";

/** What became of one attempt. */
export type Outcome =
  | { readonly kind: "sent" }
  /** The same spans may be sent again, after the receiver's pause if it asked for one. */
  | { readonly kind: "retry"; readonly reason: string; readonly afterMillis?: number }
  /** The receiver will never take them. */
  | { readonly kind: "refused"; readonly reason: string };

/** Carries one body to one receiver. Never rejects; `signal` ends an attempt. */
export type Transport = {
  readonly send: (body: Uint8Array, signal: AbortSignal) => Promise<Outcome>;
  readonly close: () => void;
};

/** OTLP's classes of answers over HTTP: only these four may be sent again. */
const RETRYABLE: ReadonlySet<number> = new Set([429, 502, 503, 504]);

export function outcomeOf(status: number, retryAfter: string | null | undefined): Outcome {
  if (status >= 200 && status < 300) return { kind: "sent" };
  const reason = `the receiver answers ${status}`;
  if (!RETRYABLE.has(status)) return { kind: "refused", reason };
  const afterMillis = pauseOf(retryAfter);
  return { kind: "retry", reason, ...(afterMillis === undefined ? {} : { afterMillis }) };
}

/** `Retry-After` in both its forms: seconds, or a date. */
function pauseOf(text: string | null | undefined): number | undefined {
  if (text === null || text === undefined || text.trim() === "") return undefined;
  const seconds = Number(text);
  const millis = Number.isNaN(seconds) ? Date.parse(text) - Date.now() : seconds * 1_000;
  return Number.isNaN(millis) || millis < 0 ? undefined : millis;
}

export function headersOf({ protocol, headers }: Pick<Target, "protocol" | "headers">): Record<string, string> {
  return { "content-type": protocol === "http/json" ? "application/json" : "application/x-protobuf", ...headers };
}

/** The innermost message: `fetch failed` hides why. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error && !(error instanceof MissingPackages)) return reasonOf(error.cause);
  // A name with several addresses fails with one error each, and no message of its own.
  if (error instanceof AggregateError && error.message === "") return reasonOf(error.errors[0]);
  return error.message === "" ? error.name : error.message;
}
