import type { SpanFacts } from "../../facts/facts.ts";
import type { OwnUsage, Usage } from "../row-usage.ts";
import type { Resource, Scope, Span } from "../../otel/span.ts";

/** A span in a view. The same object until another version supersedes it. */
export type ViewSpan = {
  /** Identity of the span: `<trace id>:<span id>:<OTLP kind>`. */
  readonly key: string;
  readonly traceId: string;
  readonly span: Span;
  readonly resource?: Resource;
  readonly scope?: Scope;
  readonly facts: SpanFacts;
  /** Unix nanoseconds, decimal. */
  readonly received: string;
  /** Key of the log record that this version is derived from. */
  readonly derivedFrom?: string;
};

/** Warnings about a node. All of them are legal OTLP, and the node is shown. */
export type Badge =
  | "placeholder"
  | "trace"
  | "self-parent"
  | "cycle"
  | "end-before-start"
  | "absurd-time"
  | "duplicate-id";

export type TreeNode = {
  /** The span's key; of a placeholder `<trace id>:<span id>:missing`; of a trace node `<trace id>::trace`. */
  readonly key: string;
  readonly traceId: string;
  /** "" for a trace node. */
  readonly spanId: string;
  /** Absent for a placeholder (a missing parent) and for a trace node (groups a trace while its root is missing). */
  readonly span?: ViewSpan;
  /** The span's name; of a placeholder the name in paths below; of a trace node its query's name; "" without. */
  readonly name: string;
  readonly parent?: TreeNode;
  /** By start, then by span id and kind. */
  readonly children: readonly TreeNode[];
  readonly depth: number;
  /** Unix nanoseconds; of a placeholder its own if a path gives it, else its earliest child's. */
  readonly start: bigint;
  /** Unix nanoseconds. Of a running span and of a placeholder: the latest known time in the subtree. */
  readonly end: bigint;
  readonly running: boolean;
  /** Of a placeholder: no query of its trace has ended, so it may still be received. `liveness` limits this by silence. */
  readonly awaited: boolean;
  /** The span failed. */
  readonly error: boolean;
  /** It failed, and does not only repeat the failure of a span below. */
  readonly cause: boolean;
  /** The caller no longer wanted its answer. */
  readonly canceled: boolean;
  /** First line of the reason of its error, by the span or its log records; absent without. */
  readonly failure?: string;
  /** Of the node and all below. */
  readonly worst: "error" | "ok";
  /** The tokens and costs that count for the span itself; absent without. */
  readonly usage?: OwnUsage;
  /** Those of the node and all below; absent without. */
  readonly usageBelow?: Usage;
  readonly descendants: number;
  readonly badges: readonly Badge[];
};

export type SessionTree = {
  /** Nodes without parent: traces by start, and the roots of each by start. */
  readonly roots: readonly TreeNode[];
  /** All nodes in depth-first order: the rows of a tree with nothing collapsed. */
  readonly rows: readonly TreeNode[];
  /** Extent of the session and of its time axis, Unix nanoseconds. Clock outliers may lie outside. */
  readonly start: bigint;
  readonly end: bigint;
  readonly byKey: { get(key: string): TreeNode | undefined };
  /** By `<trace id>:<span id>`: the first row of the span. */
  readonly bySpan: { get(key: string): TreeNode | undefined };
  /** By `<trace id>:<span id>` of a duplicate: the key of the span that is shown in its place. */
  readonly replacements: ReadonlyMap<string, string>;
};

/** The tree of a session without spans. */
export const EMPTY_TREE: SessionTree = {
  roots: [],
  rows: [],
  start: 0n,
  end: 0n,
  byKey: new Map(),
  bySpan: new Map(),
  replacements: new Map(),
};

type Mutable<T> = { -readonly [Field in keyof T]: T[Field] };

/** A node under construction. */
export type DraftNode = Mutable<Omit<TreeNode, "parent" | "children">> & {
  parent?: DraftNode;
  readonly children: DraftNode[];
  /** Latest start or end in the subtree. */
  latest: bigint;
};

/** What the table knows of a span beyond the span itself. */
export type RowFields = Pick<TreeNode, "error" | "cause" | "canceled" | "badges"> & {
  readonly usage: OwnUsage | undefined;
  readonly failure: string | undefined;
};

export function draftNode(span: ViewSpan, { error, cause, canceled, badges, usage, failure }: RowFields): DraftNode {
  const { facts } = span;
  const { start, running } = facts;
  const node: DraftNode = {
    key: span.key,
    traceId: span.traceId,
    spanId: facts.spanId,
    span,
    name: facts.name,
    children: [],
    depth: 0,
    start,
    end: running ? start : facts.end,
    latest: running || facts.end < start ? start : facts.end,
    running,
    awaited: false,
    error,
    cause,
    canceled,
    worst: error ? "error" : "ok",
    descendants: 0,
    badges,
  };
  if (usage !== undefined) node.usageBelow = node.usage = usage;
  if (failure !== undefined) node.failure = failure;
  return node;
}

/** A node for a missing span, or one that groups a trace until its root is received. `start`: that of a span below it. */
export function draftPlaceholder(
  fields: Pick<TreeNode, "traceId" | "spanId" | "name" | "start" | "awaited"> & { readonly badges: readonly Badge[] },
): DraftNode {
  const { traceId, spanId, start } = fields;
  const key = spanId === "" ? `${traceId}::trace` : `${traceId}:${spanId}:missing`;
  const none = {
    depth: 0,
    running: false,
    error: false,
    cause: false,
    canceled: false,
    worst: "ok",
    descendants: 0,
  } as const;
  return { key, children: [], end: start, latest: start, ...fields, ...none };
}
