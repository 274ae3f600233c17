import type { TreeNode, ViewSpan } from "../../../session/tree/tree.ts";
import { conversationFrom } from "../../../session/tree/tree-node.ts";
import { previewLine } from "../../../facts/preview.ts";
import { duration, ticking } from "../../../lib/figures.ts";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import { KindIcon, PlaceholderIcon, Icon } from "../../ui/icons.tsx";
import { toMillis } from "../../ui/moments.ts";
import { lastsOn, badgeWords, placeholderWord, standsForTrace } from "./placeholder.ts";
import { isOutside, place, type TimeScale } from "./time-scale.ts";

/** The deepest indent. Deeper rows show their depth as a number. */
export const DEEPEST_INDENT = 18;

export type RowProps = {
  readonly node: TreeNode;
  readonly sessionId: string;
  /** For a placeholder in a replay: the span that will arrive. */
  readonly expectedSpan: ViewSpan | undefined;
  readonly scale: TimeScale;
  /** Zoomed, a span outside the axis has no bar; otherwise it is drawn at the edge. */
  readonly zoom: "whole" | "zoomed";
  /** The end of running spans' bars, Unix nanoseconds. */
  readonly open: bigint;
  /** The present of running spans' counters, Unix milliseconds: see `openEnd`. */
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
          <span class="row-toggle" aria-hidden="true" />
        ) : (
          <button
            type="button"
            class="row-toggle"
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

/** An error of the row itself, or of a row below it. */
function ErrorBadge({ node }: { node: TreeNode }) {
  if (node.error) {
    return (
      <span class="error-badge">
        <Icon name="error" label="Error" />
      </span>
    );
  }
  if (node.canceled) return <span class="reason">canceled</span>;
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
  // A span that only contains others is a bracket over them. A span that does work is a bar.
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

/** Percent of the axis. A smaller bracket is not recognisable. */
const LEAST_BRACKET = 0.8;

const WORKING: ReadonlySet<string> = new Set(["llm", "tool", "retrieval", "embedding", "http", "db", "messaging"]);

const previews = new WeakMap<ViewSpan, string>();

/** Cached for each version of a span, because a row is drawn often. */
function previewOf(view: ViewSpan): string {
  let line = previews.get(view);
  if (line === undefined) {
    line = previewLine(view.span, view.facts);
    previews.set(view, line);
  }
  return line;
}
