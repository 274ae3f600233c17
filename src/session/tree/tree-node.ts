import { indexAttributes, FIELD, textIn } from "../../facts/attribute-index.ts";
import { resourceIndex } from "../../facts/facts.ts";
import type { DerivedKeys } from "../correlate/derived-links.ts";
import type { ClockRange } from "../clock-outliers.ts";
import type { SpanFacts } from "../../facts/facts.ts";
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
  /** Unix nanoseconds; of a placeholder its earliest child's. */
  readonly start: bigint;
  /** Unix nanoseconds. Of a running span and of a placeholder: the latest known time in the subtree. */
  readonly end: bigint;
  readonly running: boolean;
  /** Of a placeholder: no query of its trace has ended, so it may still be received. `liveness` limits this by silence. */
  readonly awaited: boolean;
  readonly error: boolean;
  /** Of the node and all below. */
  readonly worst: "error" | "ok";
  readonly descendants: number;
  readonly badges: readonly Badge[];
};

export type SessionTree = {
  /** Nodes without parent: traces by start, and the roots of each by start. */
  readonly roots: readonly TreeNode[];
  /** All nodes in depth-first order: the rows of a tree with nothing collapsed. */
  readonly rows: readonly TreeNode[];
  /** Plausible start times of its spans. */
  readonly clockRange: ClockRange;
  readonly byKey: ReadonlyMap<string, TreeNode>;
  /** By `<trace id>:<span id>` of a duplicate: the key of the span that is shown in its place. */
  readonly replacements: ReadonlyMap<string, string>;
};

type Mutable<T> = { -readonly [Field in keyof T]: T[Field] };

/** A node under construction. */
export type DraftNode = Mutable<Omit<TreeNode, "parent" | "children">> & {
  parent?: DraftNode;
  readonly children: DraftNode[];
  /** Id of the parent that it names, "" without. */
  readonly parentId: string;
  /** Latest start or end in the subtree. */
  latest: bigint;
  readonly otlpKind: number;
};

const NO_BADGES: readonly Badge[] = [];

export function draftNode(span: ViewSpan, derived: DerivedKeys | undefined): DraftNode {
  const { facts } = span;
  const { start, running } = facts;
  const error = facts.error || derived?.errors.has(span.key) === true;
  const isReversed = !running && facts.end < start;
  return {
    key: span.key,
    traceId: span.traceId,
    spanId: facts.spanId,
    // A derived parent replaces the parent id.
    parentId: derived?.parents.has(span.key) === true ? "" : facts.parentSpanId,
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
    badges: isReversed ? ["end-before-start"] : NO_BADGES,
    otlpKind: facts.otlpKind >>> 0,
  };
}

/** A node for a missing span. `start`: that of a span below it. */
export function draftPlaceholder(
  traceId: string,
  spanId: string,
  start: bigint,
  fields: { readonly name: string; readonly parentId: string; readonly awaited: boolean },
): DraftNode {
  return draftEmpty(`${traceId}:${spanId}:missing`, "placeholder", { traceId, spanId, start, ...fields });
}

/** A node that groups a trace until its root is received. */
export function draftTrace(traceId: string, start: bigint, name: string, awaited: boolean): DraftNode {
  return draftEmpty(`${traceId}::trace`, "trace", { traceId, spanId: "", start, name, parentId: "", awaited });
}

type EmptyNodeFields = Pick<DraftNode, "traceId" | "spanId" | "start" | "name" | "parentId" | "awaited">;

function draftEmpty(key: string, badge: Badge, fields: EmptyNodeFields): DraftNode {
  const none = { depth: 0, running: false, error: false, worst: "ok", descendants: 0, otlpKind: 0 } as const;
  return { key, children: [], end: fields.start, latest: fields.start, badges: [badge], ...fields, ...none };
}

export function addBadge(node: DraftNode, added: Badge): void {
  if (!node.badges.includes(added)) node.badges = [...node.badges, added];
}

const conversations = new WeakMap<ViewSpan, string>();

/** Conversation id of a span or its resource; "" without. */
export function conversationOf(view: ViewSpan): string {
  let conversation = conversations.get(view);
  if (conversation === undefined) {
    const { span, resource } = view;
    const field = FIELD.conversation;
    conversation = textIn(indexAttributes(span.attributes), field) ?? textIn(resourceIndex(resource), field) ?? "";
    conversations.set(view, conversation);
  }
  return conversation;
}

/** The conversation that starts with a node; "" without. A conversation is a part of a session: if it is the whole session, "". */
export function conversationFrom(node: TreeNode, sessionId: string): string {
  const own = node.span === undefined ? "" : conversationOf(node.span);
  if (own === "" || own === sessionId) return "";
  for (let above = node.parent; above !== undefined; above = above.parent) {
    const outer = above.span === undefined ? "" : conversationOf(above.span);
    if (outer !== "") return outer === own ? "" : own;
  }
  return own;
}
