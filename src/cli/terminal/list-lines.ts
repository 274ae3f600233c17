import { count, duration, shortCount, timeAgo } from "../../lib/figures.ts";
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
  readonly ago: number;
};

const STATUS = 8;
const FIGURES = 7 + 10 + 9 + 3;
const AGO = 9;
/** Narrower than this a title says nothing. */
const LEAST_TITLE = 24;
/** Narrower terminals have no room for both a title and the time; then for an id. */
const [LEAST_WITH_AGO, LEAST_WITH_ID] = [60, 36];

export function listColumns(columns: number): ListColumns {
  const ago = columns < LEAST_WITH_AGO ? 0 : AGO;
  const id = columns < LEAST_WITH_ID ? 0 : Math.min(26, Math.max(14, Math.floor(columns * 0.2)));
  const taken = [STATUS, id, ago].reduce((sum, width) => sum + (width === 0 ? 0 : width + 1), 0);
  const room = columns - taken;
  const figures = room - FIGURES >= LEAST_TITLE * 2 ? "shown" : "hidden";
  const rest = figures === "shown" ? room - FIGURES : room;
  const doing = rest >= LEAST_TITLE * 2 ? Math.floor(rest * 0.4) : 0;
  return { title: Math.max(4, doing === 0 ? rest : rest - doing - 1), id, doing, figures, ago };
}

/** One session in one line: status, title, id, what it does or did last, tokens, cost, duration, and when it was active last. */
export function listLine(
  summary: SessionSummary,
  now: number,
  { title, id, doing, figures, ago }: ListColumns,
  style: Style,
): string {
  const live = liveness(summary.liveness, now);
  const { tokens } = summary;
  const used = tokens.input + tokens.output;
  const activity = live.waiting === undefined ? doingText(summary.nowLine) : `? ${plain(live.waiting.question)}`;
  const status = statusText(live.status, style) + " ".repeat(Math.max(0, STATUS - live.status.length));
  const mark = summary.errors === 0 ? "" : fit(`✗${count(summary.errors)} `, title);
  const parts = [
    status,
    `${style("red", mark)}${padEnd(fit(plain(summary.title), title - mark.length), title - mark.length)}`,
    ...(id === 0 ? [] : [style("dim", padEnd(fit(plain(summary.id), id), id))]),
    ...(doing === 0 ? [] : [style(live.waiting === undefined ? "dim" : "yellow", padEnd(fit(activity, doing), doing))]),
    ...(figures === "hidden"
      ? []
      : [
          padStart(used === 0 ? "" : shortCount(used), 7),
          padStart(hasCost(summary) ? costText(summary) : "", 10),
          padStart(duration(BigInt(summary.end) - BigInt(summary.start)), 9),
        ]),
    ...(ago === 0 ? [] : [style("dim", padStart(agoText(live.silentMillis), ago))]),
  ];
  return parts.join(" ").trimEnd();
}

const agoText = (millis: number): string => (millis < 1_000 ? "now" : timeAgo(millis));

function doingText(line: NowLine | undefined): string {
  if (line === undefined) return "";
  return line.agent === undefined ? plain(line.step) : `${plain(line.agent)} ▸ ${plain(line.step)}`;
}
