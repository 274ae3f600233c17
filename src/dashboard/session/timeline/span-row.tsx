import type { TreeNode, ViewSpan } from "../../../session/tree/tree.ts";
import { conversationFrom } from "../../../session/tree/conversation.ts";
import { costsOf } from "../../../session/row-usage.ts";
import { counted as countedWords, duration, shortCount, ticking } from "../../../lib/figures.ts";
import { Cost } from "../../ui/cost.tsx";
import { oneLine, UntrustedText } from "../../ui/untrusted-text.tsx";
import { KindIcon, Icon } from "../../ui/icons.tsx";
import { PlaceholderIcon } from "../../ui/placeholder-icon.tsx";
import { toMillis } from "../../ui/moments.ts";
import { lastsOn, badgeWords, placeholderWord, standsForTrace } from "../../../session/tree/placeholder-words.ts";
import { tokenWords } from "../../../session/token-words.ts";
import { rowWords } from "../../../session/transcript/row-words.ts";
import type { Interval } from "../../../session/timing/interval.ts";
import { placeOn, sideOf, type LaneScale } from "./lane-scale.ts";

/** The deepest indent. Deeper rows show their depth as a number. */
export const DEEPEST_INDENT = 18;

export type RowProps = {
  readonly node: TreeNode;
  /** How deep the row is shown. */
  readonly depth: number;
  readonly sessionId: string;
  /** For a placeholder in a replay: the span that will arrive. */
  readonly expectedSpan: ViewSpan | undefined;
  readonly lanes: LaneScale;
  /** The row's parts of the critical path; `undefined` if it is not shown. */
  readonly critical: readonly Interval[] | undefined;
  /** The end of running spans' bars, Unix nanoseconds. */
  readonly open: bigint;
  /** The present of running spans' counters, Unix milliseconds: see `openEnd`. */
  readonly counted: number | undefined;
  readonly collapsed: "collapsed" | "expanded";
  readonly onToggle: (node: TreeNode) => void;
};

export function SpanRowCells({
  node,
  depth,
  sessionId,
  expectedSpan,
  lanes,
  critical,
  open,
  counted,
  collapsed,
  onToggle,
}: RowProps) {
  const { span, children } = node;
  return (
    <>
      <div class="span-name" role="gridcell" style={{ "--depth": Math.min(depth, DEEPEST_INDENT) }}>
        <span class="guides" aria-hidden="true" />
        {depth > DEEPEST_INDENT ? <span class="depth">{depth}</span> : null}
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
        <RowTitle node={node} expectedSpan={expectedSpan} />
        {collapsed === "collapsed" ? <span class="folded-count">{node.descendants}</span> : null}
        <ErrorBadge node={node} />
        <Warning node={node} />
        <ConversationBadge conversation={conversationFrom(node, sessionId)} />
        <RowPreview node={node} />
      </div>
      <UsageCells node={node} />
      <div class="span-duration" role="gridcell">
        {durationOf(node, counted)}
      </div>
      <Lane node={node} lanes={lanes} critical={critical} open={open} counted={counted} />
    </>
  );
}

/** The row's title by its kind. The span's own name is its tooltip. */
function RowTitle({ node, expectedSpan }: Pick<RowProps, "node" | "expectedSpan">) {
  const { span } = node;
  const words = rowWords(node);
  const title = words?.subject ?? (expectedSpan === undefined ? placeholderWord(node) : expectedSpan.facts.name);
  return (
    <span class={`span-title kind-${span?.facts.kind ?? "none"}`} dir="auto" title={oneLine(node.name, 300)}>
      <UntrustedText text={title || "unnamed span"} />
    </span>
  );
}

/** What the step was asked, and what came of it. */
function RowPreview({ node }: { node: TreeNode }) {
  const words = rowWords(node);
  if (words === undefined) {
    if (!standsForTrace(node)) return null;
    return <span class="preview">{node.awaited ? "root span not received yet" : "root span not received"}</span>;
  }
  const { about, result, outcome } = words;
  const isFailed = outcome === "failed" && node.cause;
  return (
    <span class="preview" dir="auto">
      {about === "" ? null : <UntrustedText text={about} limit={160} />}
      {result === "" ? null : (
        <span class={isFailed ? "bad" : undefined}>
          {about === "" && !isFailed ? "" : isFailed ? " ✗ " : " → "}
          <UntrustedText text={result} limit={160} />
        </span>
      )}
    </span>
  );
}

/** Tokens and costs of the row and all below it. Sums are grey. */
function UsageCells({ node }: { node: TreeNode }) {
  const { usage, usageBelow, name } = node;
  const isSum = usage === undefined;
  if (usageBelow === undefined) {
    return (
      <>
        <div class="span-tokens" role="gridcell" />
        <div class="span-cost" role="gridcell" />
      </>
    );
  }
  const { tokens } = usageBelow;
  const all = tokens.input + tokens.output;
  const costs = costsOf(usageBelow);
  return (
    <>
      <div
        class={isSum ? "span-tokens is-sum" : "span-tokens"}
        role="gridcell"
        title={all === 0 ? undefined : `${tokenWords(tokens)}${isSum ? ", in all spans below" : ""}`}
      >
        {all === 0 ? "" : shortCount(all)}
      </div>
      <div class={isSum ? "span-cost is-sum" : "span-cost"} role="gridcell">
        {costs.cost === undefined && costs.unpriced === 0 ? null : (
          <Cost
            summary={{
              ...costs,
              unpriced:
                costs.unpriced === 0 ? [] : [usage?.model ?? (isSum ? countedWords(costs.unpriced, "call") : name)],
            }}
          />
        )}
      </div>
    </>
  );
}

/** A run of plumbing. A click opens it. */
export function FoldedRunCells({
  run,
  depth,
  lanes,
  critical,
  open,
  counted,
  onOpen,
}: Pick<RowProps, "depth" | "lanes" | "critical" | "open" | "counted"> & {
  readonly run: readonly TreeNode[];
  readonly onOpen: () => void;
}) {
  const [first] = run;
  if (first === undefined) return null;
  const all: TreeNode = { ...first, ...timesOf(run), children: [] };
  const names = [...new Set(run.slice(0, MAX_NAMES).map(({ name }) => name))].join(", ");
  return (
    <>
      <div class="span-name" role="gridcell" style={{ "--depth": Math.min(depth, DEEPEST_INDENT) }}>
        <span class="guides" aria-hidden="true" />
        <button
          type="button"
          class="row-toggle"
          tabIndex={-1}
          aria-label="Expand"
          onClick={(event) => {
            event.stopPropagation();
            onOpen();
          }}
        >
          <Icon name="chevron" />
        </button>
        <span class="span-title folded-run" title={oneLine(names, 300)}>
          {countedWords(run.length, "internal span")}
        </span>
      </div>
      <div class="span-tokens" role="gridcell" />
      <div class="span-cost" role="gridcell" />
      <div class="span-duration" role="gridcell">
        {durationOf(all, counted)}
      </div>
      <Lane node={all} lanes={lanes} critical={critical} open={open} counted={counted} />
    </>
  );
}

const MAX_NAMES = 20;

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

function timesOf(run: readonly TreeNode[]): Pick<TreeNode, "start" | "end" | "running"> {
  let [start, end] = [run[0]?.start ?? 0n, run[0]?.end ?? 0n];
  for (const row of run) {
    if (row.start < start) start = row.start;
    if (row.end > end) end = row.end;
  }
  return { start, end, running: run.some(({ running }) => running) };
}

function Lane({
  node,
  lanes,
  critical,
  open,
  counted,
}: Pick<RowProps, "node" | "lanes" | "critical" | "open" | "counted">) {
  const isOpen = lastsOn(node, counted);
  const end = isOpen && open > node.end ? open : node.end;
  const side = sideOf(lanes, node.start, end);
  if (side !== "within") return <div class={`lane lane-${side}`} aria-hidden="true" />;
  const { left, width } = placeOn(lanes, node.start, end);
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
      {critical?.map(({ from, to }) => {
        const part = placeOn(lanes, from, to);
        return part.width === 0 ? null : (
          <i key={`${from}`} class="critical" style={{ left: `${part.left}%`, width: `${part.width}%` }} />
        );
      })}
    </div>
  );
}

/** Percent of the axis. A smaller bracket is not recognisable. */
const LEAST_BRACKET = 0.8;

const WORKING: ReadonlySet<string> = new Set(["llm", "tool", "retrieval", "embedding", "http", "db", "messaging"]);
