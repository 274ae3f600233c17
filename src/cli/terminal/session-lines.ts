import { counted, duration, shortCount, ticking } from "../../lib/figures.ts";
import { countKinds, foldsPlumbing, groupOfKind } from "../../session/kind-filter.ts";
import { costText, hasCost } from "../../session/cost-text.ts";
import { costsOf, type Usage } from "../../session/row-usage.ts";
import { liveness, type Liveness, type Status } from "../../session/liveness.ts";
import { nowLine, type AgentStep } from "../../session/now-line.ts";
import type { SessionSummary } from "../../session/summary.ts";
import { foldPlumbing } from "../../session/timeline/folded-plumbing.ts";
import { rowWords } from "../../session/transcript/row-words.ts";
import { findRow } from "../../session/tree/find-row.ts";
import { placeholderWord } from "../../session/tree/placeholder-words.ts";
import type { SessionTree, TreeNode } from "../../session/tree/tree.ts";
import { fit, padEnd, padStart, plain, widthOf, type Paint, type Style } from "./style.ts";

/** A session to draw. */
export type Drawn = {
  readonly summary: SessionSummary;
  readonly tree: SessionTree;
  /** The server's clock, Unix milliseconds. */
  readonly now: number;
  /** A replay shows its own past: nothing in it runs now. */
  readonly as?: "live" | "replay";
};

export type Canvas = {
  readonly columns: number;
  /** At most; without, all. */
  readonly lines?: number;
  readonly style: Style;
};

const STATUS_PAINT: Readonly<Record<Status, Paint>> = {
  waiting: "yellow",
  stalled: "yellow",
  running: "blue",
  idle: "blue",
  failed: "red",
  finished: "green",
};

/** The status as a coloured word. */
export const statusText = (status: Status, style: Style): string => style(STATUS_PAINT[status], status);

/** Title, state and the tree: what the page shows of a session, as lines of a terminal. */
export function sessionLines(drawn: Drawn, canvas: Canvas): string[] {
  const head = headLines(drawn, canvas);
  const room = canvas.lines === undefined ? Infinity : Math.max(1, canvas.lines - head.length - 1);
  return [...head, "", ...cropped(treeRows(drawn, canvas), room, canvas.style)];
}

function headLines({ summary, tree, now }: Drawn, { columns, style }: Canvas): string[] {
  const live = liveness(summary.liveness, now);
  const { tokens, errors } = summary;
  const used = tokens.input + tokens.output;
  const figures: readonly Part[] = [
    [STATUS_PAINT[live.status], live.status],
    [undefined, duration(BigInt(summary.end) - BigInt(summary.start))],
    [undefined, counted(summary.spans, "span")],
    ...(used === 0 ? [] : [[undefined, `${shortCount(used)} tokens`] as const]),
    ...(hasCost(summary) ? [[undefined, costText(summary)] as const] : []),
    ...(errors === 0 ? [] : [["red", counted(errors, "error")] as const]),
    ["dim", plain(summary.id)],
  ];
  const doing = doingText(live, tree, now);
  return [
    style("bold", fit(plain(summary.title), columns)),
    joined(figures, columns, style),
    ...(doing === "" ? [] : [style(live.status === "waiting" ? "yellow" : "blue", fit(doing, columns))]),
  ];
}

type Part = readonly [paint: Paint | undefined, text: string];

/** The parts in one line, which ends where the terminal does. */
function joined(parts: readonly Part[], columns: number, style: Style): string {
  let room = columns;
  let line = "";
  for (const [paint, text] of parts) {
    const separator = line === "" ? "" : " · ";
    const shown = fit(text, room - separator.length);
    if (shown === "") return line;
    room -= separator.length + widthOf(shown);
    line += style("dim", separator) + (paint === undefined ? shown : style(paint, shown));
  }
  return line;
}

/** What it does now: the question that waits, or the agent and its step. */
function doingText({ status, waiting, open }: Liveness, tree: SessionTree, now: number): string {
  if (waiting !== undefined) return `? ${plain(waiting.question)} · ${ticking(waiting.forMillis)}`;
  if (status === "finished" || status === "failed") return "";
  if (status === "stalled" && open !== undefined)
    return `no data for ${ticking(open.forMillis)}, on ${plain(open.name)}`;
  const { now: step, others } = nowLine(tree);
  if (step === undefined) return "";
  const since = now - Number(step.step.start / 1_000_000n);
  return `${stepText(step)} · ${ticking(since)}${others === 0 ? "" : ` · and ${counted(others, "more step")}`}`;
}

function stepText({ step, agent }: AgentStep): string {
  const name = subjectOf(step);
  return agent === undefined ? name : `${subjectOf(agent)} ▸ ${name}`;
}

const subjectOf = (row: TreeNode): string => plain(rowWords(row)?.subject ?? placeholderWord(row));

type Line = { readonly text: string; readonly state: "open" | "over" };

function treeRows({ tree, summary, now, as }: Drawn, canvas: Canvas): Line[] {
  const plumbing = foldsPlumbing(countKinds(tree)) ? "folded" : "shown";
  const { rows, runs, depthOf } = foldPlumbing(tree.rows, new Set(), plumbing);
  const waiting = summary.liveness.waiting?.span;
  const asked = waiting === undefined ? undefined : findRow(tree, waiting);
  return rows.map((row) => {
    const run = runs.get(row.key);
    return run === undefined
      ? rowLine(row, depthOf(row), { now, asked: row === asked ? "yes" : "no", as: as ?? "live" }, canvas)
      : runLine(run.length, depthOf(row), canvas);
  });
}

function runLine(length: number, depth: number, { style }: Canvas): Line {
  return { text: style("dim", `${indent(depth)}… ${counted(length, "internal span")}`), state: "over" };
}

const PAINT_OF_GROUP = { models: "magenta", tools: "cyan", agents: "blue", plumbing: "dim" } as const;
const paintOf = ({ span }: TreeNode): Paint =>
  span === undefined ? "dim" : PAINT_OF_GROUP[groupOfKind(span.facts.kind)];

/** Levels beyond these are drawn at the last one: what a row says stays readable. */
const MAX_INDENT = 12;
const indent = (depth: number): string => "  ".repeat(Math.min(depth, MAX_INDENT));

type Moment = { readonly now: number; readonly asked: "yes" | "no"; readonly as: "live" | "replay" };

function rowLine(row: TreeNode, depth: number, { now, asked, as }: Moment, { columns, style }: Canvas): Line {
  const isOpen = row.running || (row.awaited && row.span === undefined);
  const words = rowWords(row);
  const failed = words?.outcome === "failed" || row.error;
  const [mark, markPaint]: readonly [string, Paint] =
    asked === "yes"
      ? ["?", "yellow"]
      : failed
        ? ["✗", "red"]
        : isOpen
          ? ["●", "blue"]
          : row.span === undefined
            ? ["○", "dim"]
            : ["✓", "dim"];
  const right = rightColumns(row, isOpen && as === "live" ? now : undefined, columns);
  const room = columns - widthOf(right) - 1;
  const before = `${indent(depth)}${mark} `;
  const subject = fit(plain(words === undefined ? placeholderWord(row) : words.subject), room - widthOf(before));
  const rest = restOf(words, room - widthOf(before) - widthOf(subject) - 1);
  const paint = paintOf(row);
  const left = padEnd(`${before}${subject}${rest === "" ? "" : ` ${rest}`}`, room);
  // Colours have no width: the parts are painted after they were measured.
  const tail = left.slice(before.length + subject.length);
  return {
    text: `${indent(depth)}${style(markPaint, mark)} ${style(paint, subject)}${style(failed ? "red" : "dim", tail)} ${style("dim", right)}`.trimEnd(),
    state: isOpen ? "open" : "over",
  };
}

/** The argument and the result; of a failed step its cause. */
function restOf(words: ReturnType<typeof rowWords>, room: number): string {
  if (words === undefined || room < 4) return "";
  const about = plain(words.about);
  const result = plain(words.result);
  if (result === "") return fit(about, room);
  if (about === "") return fit(`→ ${result}`, room);
  // The argument gives way, down to a third: the result is what happened.
  const least = Math.floor(room / 3);
  return fit(`${fit(about, Math.max(least, room - widthOf(result) - 3))} → ${result}`, room);
}

const NARROW = 70;

/** Tokens, cost and duration, in columns; only the duration in a narrow terminal. `now`: of an open row. */
function rightColumns(row: TreeNode, now: number | undefined, columns: number): string {
  const millis = now === undefined ? undefined : Math.max(0, now - Number(row.start / 1_000_000n));
  const lasted = millis === undefined ? (row.running ? "" : duration(row.end - row.start)) : ticking(millis);
  const time = padStart(row.span === undefined && millis === undefined ? "" : lasted, 9);
  if (columns < NARROW) return time;
  // What a step counts itself; of a row around steps, their sum.
  const usage = row.usage ?? row.usageBelow;
  const tokens = usage === undefined ? 0 : usage.tokens.input + usage.tokens.output;
  return `${padStart(tokens === 0 ? "" : shortCount(tokens), 6)} ${padStart(usage === undefined ? "" : costOf(usage), 9)} ${time}`;
}

/** The lines around what runs, or the last ones, with the numbers of those above and below. */
function cropped(lines: readonly Line[], room: number, style: Style): string[] {
  if (lines.length <= room) return lines.map(({ text }) => text);
  const open = lines.findLastIndex(({ state }) => state === "open");
  // A line each says how many are left out above and below.
  const end = open < 0 ? lines.length : Math.max(open + 1, room - 1);
  const notes = (end > room - 1 ? 1 : 0) + (end < lines.length ? 1 : 0);
  const start = Math.max(0, end - (room - notes));
  const shown = lines.slice(start, end).map(({ text }) => text);
  if (start > 0) shown.unshift(style("dim", `… ${counted(start, "row")} above`));
  if (end < lines.length) shown.push(style("dim", `… ${counted(lines.length - end, "row")} below`));
  return shown;
}

/** The page's words; nothing where nothing is known. */
function costOf(usage: Usage): string {
  const { unpriced, ...costs } = costsOf(usage);
  const summary = { ...costs, unpriced: unpriced === 0 ? [] : [""] };
  return hasCost(summary) ? costText(summary) : "";
}
