import { count, duration, shortCount, ticking } from "../../lib/figures.ts";
import { costText, hasCost } from "../../session/cost-text.ts";
import { liveness } from "../../session/liveness.ts";
import type { NowLine, SessionSummary } from "../../session/summary.ts";
import { statusText } from "./session-lines.ts";
import { fit, padEnd, padStart, plain, type Style } from "./style.ts";

/** Widths of the columns of a list, in characters of the terminal. 0: there is no room for it. */
export type ListColumns = {
  readonly title: number;
  readonly id: number;
  readonly doing: number;
  readonly figures: "shown" | "hidden";
};

const STATUS = 8;
const FIGURES = 7 + 10 + 9 + 3;
const AGO = 10;
/** Narrower than this a title says nothing. */
const LEAST_TITLE = 24;

export function listColumns(columns: number): ListColumns {
  const id = Math.min(26, Math.max(14, Math.floor(columns * 0.2)));
  const room = columns - STATUS - AGO - id - 5;
  const figures = room - FIGURES >= LEAST_TITLE * 2 ? "shown" : "hidden";
  const rest = figures === "shown" ? room - FIGURES : room;
  const doing = rest >= LEAST_TITLE * 2 ? Math.floor(rest * 0.4) : 0;
  return { title: Math.max(8, rest - doing - 1), id, doing, figures };
}

/** One session in one line: status, title, id, what it does or did last, tokens, cost, duration, and when it was active last. */
export function listLine(
  summary: SessionSummary,
  now: number,
  { title, id, doing, figures }: ListColumns,
  style: Style,
): string {
  const live = liveness(summary.liveness, now);
  const { tokens } = summary;
  const used = tokens.input + tokens.output;
  const activity = live.waiting === undefined ? doingText(summary.nowLine) : `? ${plain(live.waiting.question)}`;
  const status = statusText(live.status, style) + " ".repeat(Math.max(0, STATUS - live.status.length));
  const mark = summary.errors === 0 ? "" : `✗${count(summary.errors)} `;
  const parts = [
    status,
    `${style("red", mark)}${padEnd(fit(plain(summary.title), title - mark.length), title - mark.length)}`,
    style("dim", padEnd(fit(plain(summary.id), id), id)),
    ...(doing === 0 ? [] : [style(live.waiting === undefined ? "dim" : "yellow", padEnd(fit(activity, doing), doing))]),
    ...(figures === "hidden"
      ? []
      : [
          padStart(used === 0 ? "" : shortCount(used), 7),
          padStart(hasCost(summary) ? costText(summary) : "", 10),
          padStart(duration(BigInt(summary.end) - BigInt(summary.start)), 9),
        ]),
    style("dim", padStart(agoText(live.silentMillis), AGO)),
  ];
  return parts.join(" ").trimEnd();
}

const agoText = (millis: number): string => (millis < 1_000 ? "now" : `${ticking(millis)} ago`);

function doingText(line: NowLine | undefined): string {
  if (line === undefined) return "";
  return line.agent === undefined ? plain(line.step) : `${plain(line.agent)} ▸ ${plain(line.step)}`;
}
