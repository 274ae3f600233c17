import type { Resource, Scope, Span } from "./span.ts";

/** Raised when a fact is added or derived otherwise: objects then derive the facts of their log anew. */
export const FACTS_VERSION = 1;

/** VOCABULARY of the house: what a span is, whatever its exporter calls it. */
export type SpanKind =
  | "query"
  | "agent"
  | "team"
  | "turn"
  | "llm"
  | "tool"
  | "retrieval"
  | "embedding"
  | "http"
  | "db"
  | "messaging"
  | "chain"
  | "internal";

/** A name that a span gives its session. Lower ranks win. */
export type SessionName = { readonly rank: number; readonly value: string };

export type Tokens = {
  /** Cached tokens included. */
  readonly input: number;
  readonly output: number;
  readonly cached: number;
  readonly reasoning: number;
};

/** What lists, counts, liveness and metrics need of one span; everything else stays in its bytes. */
export type SpanFacts = {
  readonly spanId: string;
  /** "" where the span has none. */
  readonly parentSpanId: string;
  /** Cut at 256 UTF-16 units. */
  readonly name: string;
  readonly kind: SpanKind;
  /** OTLP's own kind (0 to 5): part of a span's identity. */
  readonly otlpKind: number;
  /** Unix nanoseconds. */
  readonly start: bigint;
  /** Unix nanoseconds; 0n while the span runs. */
  readonly end: bigint;
  readonly running: boolean;
  /** Counts as an error: status ERROR that is not control flow, or an exception that the status hides. */
  readonly error: boolean;
  /** Length of the canonical JSON in UTF-16 units. */
  readonly size: number;
  /** 64-bit hash of the canonical JSON, 16 hex digits. */
  readonly hash: string;
  readonly session?: SessionName;
  /** An Ark query's identity, on every span that carries it. */
  readonly query?: { readonly name: string; readonly namespace: string };
  readonly agent?: string;
  readonly team?: string;
  readonly model?: string;
  readonly tool?: string;
  readonly service?: string;
  readonly tokens?: Tokens;
  /** US dollars, as the span says. */
  readonly cost?: number;
  /** First line of what was asked, at most 160 UTF-16 units; on roots, queries, teams and agents only. */
  readonly asked?: string;
};

/** `size` and `hash` are of the span's canonical JSON text, which the caller has at hand. */
export declare function deriveFacts(
  span: Span,
  text: string,
  resource: Resource | undefined,
  scope: Scope | undefined,
): SpanFacts;

/** One JSON string for all spans of a chunk, in the chunk's order, strings interned, with FACTS_VERSION. */
export declare function encodeFacts(facts: readonly SpanFacts[]): string;

/** `undefined` when the string is of another version. */
export declare function decodeFacts(encoded: string): SpanFacts[] | undefined;
