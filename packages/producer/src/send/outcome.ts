import { retryAfterMillis, RETRYABLE_STATUSES } from "../../../../src/lib/retry-after.ts";
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

export function outcomeOf(status: number, retryAfter: string | null | undefined): Outcome {
  if (status >= 200 && status < 300) return { kind: "sent" };
  const reason = `the receiver answers ${status}`;
  if (!RETRYABLE_STATUSES.has(status)) return { kind: "refused", reason };
  const afterMillis = retryAfterMillis(retryAfter, Date.now());
  return { kind: "retry", reason, ...(afterMillis === undefined ? {} : { afterMillis }) };
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
