import type { SpanFacts } from "./facts.ts";
import type { Resource, Scope, Span } from "./span.ts";

/** A span as a view holds it: the same object as long as nothing better comes. */
export type ViewSpan = {
  /** `<trace id>:<span id>:<OTLP kind>`, a span's identity. */
  readonly key: string;
  readonly traceId: string;
  readonly span: Span;
  readonly resource?: Resource;
  readonly scope?: Scope;
  readonly facts: SpanFacts;
  /** Unix nanoseconds, decimal. */
  readonly received: string;
};

/** What is odd about a node; all of it is legal OTLP, and shown. */
export type Mark = "placeholder" | "self-parent" | "cycle" | "end-before-start" | "duplicate-id";

export type TreeNode = {
  /** The span's; of a placeholder `<trace id>:<span id>:missing`. */
  readonly key: string;
  readonly traceId: string;
  readonly spanId: string;
  /** None on a placeholder: a parent that was named and has not come. */
  readonly span?: ViewSpan;
  /** The span's name; of a placeholder what the spans below call it, "" where they don't. */
  readonly name: string;
  readonly parent?: TreeNode;
  /** By start, then by span id and kind. */
  readonly children: readonly TreeNode[];
  readonly depth: number;
  /** Unix nanoseconds; of a placeholder its earliest child's. */
  readonly start: bigint;
  /** Unix nanoseconds, as the span says; while it runs and of a placeholder, the latest that is known of the subtree. */
  readonly end: bigint;
  readonly running: boolean;
  /** Of a placeholder: no query of its trace has ended, so it may still come. Silence may say otherwise, see `liveness`. */
  readonly awaited: boolean;
  readonly error: boolean;
  /** Of the node and all below. */
  readonly worst: "error" | "ok";
  readonly descendants: number;
  readonly marks: readonly Mark[];
};

export type SessionTree = {
  /** Nodes without parent: traces by start, and within each its roots by start. */
  readonly roots: readonly TreeNode[];
  /** Every node as it is shown with nothing collapsed: each followed by all below it. */
  readonly rows: readonly TreeNode[];
  readonly byKey: ReadonlyMap<string, TreeNode>;
};

type Mutable<T> = { -readonly [Field in keyof T]: T[Field] };

/** A node while it is built. */
export type Growing = Mutable<Omit<TreeNode, "parent" | "children">> & {
  parent?: Growing;
  readonly children: Growing[];
  /** The id that it names as its parent's, "" without. */
  readonly parentId: string;
  /** Latest start or end of the subtree. */
  latest: bigint;
  readonly otlpKind: number;
};

const NO_MARKS: readonly Mark[] = [];

export function grow(span: ViewSpan): Growing {
  const { facts } = span;
  const { start, running, error } = facts;
  const isReversed = !running && facts.end < start;
  return {
    key: span.key,
    traceId: span.traceId,
    spanId: facts.spanId,
    parentId: facts.parentSpanId,
    span,
    name: facts.name,
    children: [],
    depth: 0,
    start,
    end: running ? start : facts.end,
    latest: running || isReversed ? start : facts.end,
    running,
    awaited: false,
    error,
    worst: error ? "error" : "ok",
    descendants: 0,
    marks: isReversed ? ["end-before-start"] : NO_MARKS,
    otlpKind: facts.otlpKind >>> 0,
  };
}

/** What stands for a span that has not come. `start`: that of a span below it. */
export function growPlaceholder(
  traceId: string,
  spanId: string,
  start: bigint,
  about: { readonly name: string; readonly parentId: string; readonly awaited: boolean },
): Growing {
  const key = `${traceId}:${spanId}:missing`;
  const none = { depth: 0, running: false, error: false, worst: "ok", descendants: 0, otlpKind: 0 } as const;
  return {
    key,
    traceId,
    spanId,
    children: [],
    start,
    end: start,
    latest: start,
    marks: ["placeholder"],
    ...about,
    ...none,
  };
}

export function mark(node: Growing, added: Mark): void {
  node.marks = [...node.marks, added];
}
