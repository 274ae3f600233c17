import { duration, shortCount, ticking } from "../../lib/figures.ts";
import { liveness, type Status } from "../../session/liveness.ts";
import { rowWords } from "../../session/transcript/row-words.ts";
import type { TreeNode } from "../../session/tree/tree.ts";
import { statusText } from "../terminal/session-lines.ts";
import { plain, type Style } from "../terminal/style.ts";
import type { Output } from "./output.ts";

/** For logs and pipes: a line for each step that ended, and for each new status. Nothing that was printed changes. */
export function linesOutput(style: Style): Output {
  const printed = new Set<string>();
  let isTitled = false;
  let last: Status | undefined;
  let printedTrouble: string | undefined;
  return {
    show(feed, status, trouble) {
      if (trouble !== printedTrouble) console.error(trouble === undefined ? "Connected again" : plain(trouble));
      printedTrouble = trouble;
      const summary = feed.view.summary();
      if (summary === undefined) return;
      if (!isTitled) console.log(`${style("bold", plain(summary.title))} ${style("dim", plain(summary.id))}`);
      isTitled = true;
      const ended = feed.view.tree().rows.filter((row) => isStep(row) && !printed.has(row.key));
      // Inner spans end before those around them: by their ends they stand as they happened.
      for (const row of ended.toSorted(byEnd)) {
        printed.add(row.key);
        console.log(stepLine(row, style));
      }
      if (status === undefined || status === last) return;
      last = status;
      const { waiting } = liveness(summary.liveness, feed.now);
      const why = waiting === undefined ? "" : ` ${plain(waiting.question)} · ${ticking(waiting.forMillis)}`;
      console.log(`${style("dim", clock(feed.now))} ${statusText(status, style)}${why}`);
    },
  };
}

const isStep = ({ span, running }: TreeNode): boolean => span !== undefined && !running;

const byEnd = (a: TreeNode, b: TreeNode): number => (a.end < b.end ? -1 : a.end > b.end ? 1 : b.depth - a.depth);

function stepLine(row: TreeNode, style: Style): string {
  const words = rowWords(row);
  const failed = words?.outcome === "failed" || row.error;
  const about = [words?.about ?? "", words?.result ?? ""].map(plain).filter(Boolean).join(" → ");
  const tokens = row.usage === undefined ? 0 : row.usage.tokens.input + row.usage.tokens.output;
  const parts = [
    style("dim", clock(Number(row.end / 1_000_000n))),
    style(failed ? "red" : "dim", failed ? "✗" : "✓"),
    `${pathTo(row)}${plain(words?.subject ?? row.name)}`,
    ...(about === "" ? [] : [style(failed ? "red" : "dim", about)]),
    style(
      "dim",
      [duration(row.end - row.start), ...(tokens === 0 ? [] : [`${shortCount(tokens)} tokens`])].join(" · "),
    ),
  ];
  return parts.join(" ");
}

/** The agents and teams around a step. */
function pathTo(row: TreeNode): string {
  const names: string[] = [];
  for (let above = row.parent; above !== undefined; above = above.parent) {
    const kind = above.span?.facts.kind;
    if (kind === "agent" || kind === "team") names.unshift(plain(rowWords(above)?.subject ?? above.name));
  }
  return names.map((name) => `${name} ▸ `).join("");
}

/** The time of day, as the machine's clock shows it. */
function clock(millis: number): string {
  const time = new Date(millis);
  return [time.getHours(), time.getMinutes(), time.getSeconds()].map((part) => String(part).padStart(2, "0")).join(":");
}
