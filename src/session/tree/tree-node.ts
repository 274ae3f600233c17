import { indexAttributes, FIELD, textIn } from "../../facts/attribute-index.ts";
import { resourceIndex } from "../../facts/facts.ts";
import type { DerivedKeys } from "../correlate/derived-links.ts";
import type { ClockRange } from "../clock-outliers.ts";
import type { SpanFacts } from "../../facts/facts.ts";
import type { Resource, Scope, Span } from "../../otel/span.ts";

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
  /** Key of the log record that tells of it, where that is what is known best. */
  readonly derivedFrom?: string;
};

/** What is odd about a node; all of it is legal OTLP, and shown. */
export type Badge =
  | "placeholder"
  | "trace"
  | "self-parent"
  | "cycle"
  | "end-before-start"
  | "absurd-time"
  | "duplicate-id";

export type TreeNode = {
  /** The span's; of a placeholder `<trace id>:<span id>:missing`; of what stands for a trace `<trace id>::trace`. */
  readonly key: string;
  readonly traceId: string;
  /** "" of what stands for a trace. */
  readonly spanId: string;
  /** None on a placeholder (a parent that was named and has not come), and on what holds a trace whose root has not come. */
  readonly span?: ViewSpan;
  /** The span's name; of a placeholder what the spans below call it, of a trace its query's name, "" without. */
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
  readonly badges: readonly Badge[];
};

export type SessionTree = {
  /** Nodes without parent: traces by start, and within each its roots by start. */
  readonly roots: readonly TreeNode[];
  /** Every node as it is shown with nothing collapsed: each followed by all below it. */
  readonly rows: readonly TreeNode[];
  /** When its spans start, but for absurd clocks. */
  readonly clockRange: ClockRange;
  readonly byKey: ReadonlyMap<string, TreeNode>;
  /** By `<trace id>:<span id>` of a span that is not shown, since another tells the same: that one's key. */
  readonly replacements: ReadonlyMap<string, string>;
};

type Mutable<T> = { -readonly [Field in keyof T]: T[Field] };

/** A node while it is built. */
export type DraftNode = Mutable<Omit<TreeNode, "parent" | "children">> & {
  parent?: DraftNode;
  readonly children: DraftNode[];
  /** The id that it names as its parent's, "" without. */
  readonly parentId: string;
  /** Latest start or end of the subtree. */
  latest: bigint;
  readonly otlpKind: number;
};

const NO_MARKS: readonly Badge[] = [];

export function draftNode(span: ViewSpan, told: DerivedKeys | undefined): DraftNode {
  const { facts } = span;
  const { start, running } = facts;
  const error = facts.error || told?.errors.has(span.key) === true;
  const isReversed = !running && facts.end < start;
  return {
    key: span.key,
    traceId: span.traceId,
    spanId: facts.spanId,
    // Known otherwise than by the id that it names, if it names one.
    parentId: told?.parents.has(span.key) === true ? "" : facts.parentSpanId,
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
    badges: isReversed ? ["end-before-start"] : NO_MARKS,
    otlpKind: facts.otlpKind >>> 0,
  };
}

/** What stands for a span that has not come. `start`: that of a span below it. */
export function draftPlaceholder(
  traceId: string,
  spanId: string,
  start: bigint,
  about: { readonly name: string; readonly parentId: string; readonly awaited: boolean },
): DraftNode {
  return growEmpty(`${traceId}:${spanId}:missing`, "placeholder", { traceId, spanId, start, ...about });
}

/** What holds a trace together until its root comes. */
export function draftTrace(traceId: string, start: bigint, name: string, awaited: boolean): DraftNode {
  return growEmpty(`${traceId}::trace`, "trace", { traceId, spanId: "", start, name, parentId: "", awaited });
}

type About = Pick<DraftNode, "traceId" | "spanId" | "start" | "name" | "parentId" | "awaited">;

function growEmpty(key: string, is: Badge, about: About): DraftNode {
  const none = { depth: 0, running: false, error: false, worst: "ok", descendants: 0, otlpKind: 0 } as const;
  return { key, children: [], end: about.start, latest: about.start, badges: [is], ...about, ...none };
}

export function addBadge(node: DraftNode, added: Badge): void {
  if (!node.badges.includes(added)) node.badges = [...node.badges, added];
}

const conversations = new WeakMap<ViewSpan, string>();

/** The conversation that a span is part of, as it or its resource says; "" without. */
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

/** The conversation that begins with a node: a level within its session, so none where that is all of the session; "" without. */
export function conversationFrom(node: TreeNode, sessionId: string): string {
  const own = node.span === undefined ? "" : conversationOf(node.span);
  if (own === "" || own === sessionId) return "";
  for (let above = node.parent; above !== undefined; above = above.parent) {
    const outer = above.span === undefined ? "" : conversationOf(above.span);
    if (outer !== "") return outer === own ? "" : own;
  }
  return own;
}
