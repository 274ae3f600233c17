import type { SpanKind } from "../../facts/facts.ts";
import type { Usage } from "../row-usage.ts";

/** What numbers are made of: an ended span, without ids and contents. */
export type EndedSpan = {
  /** 64-bit hash of trace id, span id and kind, 16 hex digits. */
  readonly key: string;
  /** Unix microseconds. */
  readonly end: number;
  /** Nanoseconds. */
  readonly duration: number;
  /** By the span or by its log records. */
  readonly failed: boolean;
  readonly kind: SpanKind;
  readonly name: string;
  /** Of a server's span: method and pattern of the path. */
  readonly route?: string;
  /** Of the span that counts as the call of a model, or of a tool. */
  readonly model?: string;
  readonly tool?: string;
  /** Tokens and costs that count for the span itself. */
  readonly usage?: Usage;
  /** Whose they are: the model, and the nearest tool around. */
  readonly usageOf?: { readonly model?: string; readonly tool?: string };
  /** Only of the span that begins an ended turn: the turn's. */
  readonly turn?: EndedTurn;
};

export type EndedTurn = {
  /** Nanoseconds, to the end of the last span. */
  readonly duration: number;
  readonly failed: boolean;
  readonly usage?: Usage;
};

/** Positive if the first ended earlier: the latest comes first. Of equal ends keys decide, so that no two are equal. */
export function compareEnds(a: Pick<EndedSpan, "key" | "end">, b: Pick<EndedSpan, "key" | "end">): number {
  return b.end - a.end || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);
}
