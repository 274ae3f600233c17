import type { TreeNode, ViewSpan } from "../../../session/tree/tree.ts";
import { conversationFrom } from "../../../session/tree/tree-node.ts";
import { previewLine } from "../../../facts/preview.ts";
import { duration, ticking } from "../../ui/figures.ts";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import { KindIcon, PlaceholderIcon, Icon } from "../../ui/icons.tsx";
import { toMillis } from "../../ui/moments.ts";
import { lastsOn, badgeWords, placeholderWord, standsForTrace } from "./placeholder.ts";
import { isOutside, place, type TimeScale } from "./time-scale.ts";

/** Deeper rows stand no further in: their depth is told in figures. */
export const DEEPEST_INDENT = 18;

export type RowProps = {
  readonly node: TreeNode;
  readonly sessionId: string;
  /** Of a place that is held, the span that will come. */
  readonly expectedSpan: ViewSpan | undefined;
  readonly scale: TimeScale;
  /** Zoomed, what lies outside has no bar; else it is drawn at the edge. */
  readonly zoom: "whole" | "zoomed";
  /** To where running spans are drawn, Unix nanoseconds. */
  readonly open: bigint;
  /** To when it lasts, Unix milliseconds: see `openEnd`. */
  readonly counted: number | undefined;
  readonly collapsed: "collapsed" | "expanded";
  readonly onToggle: (node: TreeNode) => void;
};

export function SpanRowCells({
  node,
  sessionId,
  expectedSpan,
  scale,
  zoom,
  open,
  counted,
  collapsed,
  onToggle,
}: RowProps) {
  const { span, children } = node;
  const indent = Math.min(node.depth, DEEPEST_INDENT);
  return (
    <>
      <div class="span-name" role="gridcell" style={{ "--depth": indent }}>
        <span class="guides" aria-hidden="true" />
        {node.depth > DEEPEST_INDENT ? <span class="depth">{node.depth}</span> : null}
        {children.length === 0 ? (
          <span class="twisty" aria-hidden="true" />
        ) : (
          <button
            type="button"
            class="twisty"
            tabIndex={-1}
            aria-label={collapsed === "collapsed" ? "Expand" : "Collapse"}
            onClick={(event) => {
              event.stopPropagation();
              onToggle(node);
            }}
          >
            <Icon name="chevron" />
          </button>
        )}
        {span !== undefined ? (
          <KindIcon kind={span.facts.kind} />
        ) : standsForTrace(node) ? (
          <KindIcon kind={node.name === "" ? "internal" : "query"} />
        ) : expectedSpan !== undefined ? (
          <KindIcon kind={expectedSpan.facts.kind} />
        ) : (
          <PlaceholderIcon label="Not received" />
        )}
        <span class="span-title">
          <UntrustedText text={titleOf(node, expectedSpan)} />
        </span>
        {collapsed === "collapsed" ? <span class="folded-count">{node.descendants}</span> : null}
        <ErrorBadge node={node} />
        <Warning node={node} />
        <ConversationBadge conversation={conversationFrom(node, sessionId)} />
        {span !== undefined ? (
          <span class="preview">
            <UntrustedText text={previewOf(span)} />
          </span>
        ) : standsForTrace(node) ? (
          <span class="preview">{node.awaited ? "root span not received yet" : "root span not received"}</span>
        ) : null}
      </div>
      <div class="span-duration" role="gridcell">
        {durationOf(node, counted)}
      </div>
      <Lane node={node} scale={scale} zoom={zoom} open={open} counted={counted} />
    </>
  );
}

function titleOf(node: TreeNode, expectedSpan: ViewSpan | undefined): string {
  if (node.span !== undefined) return node.name || "unnamed span";
  return expectedSpan === undefined ? placeholderWord(node) : expectedSpan.span.name || "unnamed span";
}

/** The worst of the row and all below it: its own error, or that of something under it. */
function ErrorBadge({ node }: { node: TreeNode }) {
  if (node.error) {
    return (
      <span class="error-badge">
        <Icon name="error" label="Error" />
      </span>
    );
  }
  return node.worst === "error" ? (
    <span class="error-badge below" role="img" aria-label="Error below" title="Error below" />
  ) : null;
}

function ConversationBadge({ conversation }: { conversation: string }) {
  return conversation === "" ? null : (
    <span class="conversation-badge" title={`Conversation ${conversation}`}>
      conversation <UntrustedText text={conversation} limit={24} />
    </span>
  );
}

function Warning({ node }: { node: TreeNode }) {
  const words = badgeWords(node);
  return words === "" ? null : (
    <span class="warning" title={words}>
      <Icon name="warning" label={words} />
    </span>
  );
}

function durationOf(node: TreeNode, counted: number | undefined): string {
  const { span } = node;
  if (lastsOn(node, counted)) return ticking(counted - toMillis(node.start));
  return span === undefined || node.running ? "–" : duration(node.end - node.start);
}

function Lane({ node, scale, zoom, open, counted }: Pick<RowProps, "node" | "scale" | "zoom" | "open" | "counted">) {
  const isOpen = lastsOn(node, counted);
  const end = isOpen && open > node.end ? open : node.end;
  if (zoom === "zoomed" && isOutside(scale, node.start, end)) {
    return <div class={node.start > scale.end ? "lane lane-later" : "lane lane-earlier"} aria-hidden="true" />;
  }
  const { left, width } = place(scale, node.start, end);
  const kind = node.span?.facts.kind;
  // What only holds others is a bracket over them; what does something itself is a bar.
  const shape =
    kind === undefined
      ? "missing"
      : node.children.length > 0 && !WORKING.has(kind) && width > LEAST_BRACKET
        ? "bracket"
        : "bar";
  return (
    <div class="lane" aria-hidden="true">
      <span
        class={`${shape} lane-${kind ?? "none"}${node.error ? " lane-error" : ""}${isOpen ? " lane-open" : ""}`}
        style={{ left: `${left}%`, width: `${width}%` }}
      />
    </div>
  );
}

/** Percent of the axis; a smaller bracket is only a blot. */
const LEAST_BRACKET = 0.8;

const WORKING: ReadonlySet<string> = new Set(["llm", "tool", "retrieval", "embedding", "http", "db", "messaging"]);

const previews = new WeakMap<ViewSpan, string>();

/** Once for a span as it stands: a row is drawn often. */
function previewOf(view: ViewSpan): string {
  let line = previews.get(view);
  if (line === undefined) {
    line = previewLine(view.span, view.facts);
    previews.set(view, line);
  }
  return line;
}
