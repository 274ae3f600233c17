import { count, counted, dollars, duration } from "../lib/figures.ts";
import { secondsText } from "../lib/nanoseconds.ts";
import type { SummaryWithStatus } from "./liveness.ts";
import type { Tally } from "./summary.ts";
import { code, inline, plain } from "./transcript/markdown-text.ts";

const MAX_TITLE = 120;
const MAX_ID = 256;
const MAX_QUESTION = 160;
const MAX_REASON = 120;
/** Names of one list. */
const MAX_NAMES = 4;

/** A session in a few lines of Markdown: what it is, what it cost, why it failed, and what it does or waits for. */
export function sessionLines(summary: SummaryWithStatus): string {
  const { liveness, tokens, cost, errors, causes = [], nowLine } = summary;
  const { waiting } = liveness;
  const figures = [
    secondsText(BigInt(summary.start)),
    plain(duration(BigInt(summary.end) - BigInt(summary.start), "en")),
    plain(counted(summary.queries, "turn", "turns", "en")),
    plain(counted(summary.spans, "span", "spans", "en")),
    ...(errors > 0 ? [plain(counted(errors, "error", "errors", "en"))] : []),
    ...(tokens.input + tokens.output > 0
      ? [`${count(tokens.input, "en")} tokens in, ${count(tokens.output, "en")} out`]
      : []),
    ...(cost === undefined ? [] : [plain(dollars(cost, "en"))]),
  ];
  const names = [
    ...namesOf("agents", [...summary.agents, ...summary.teams]),
    ...namesOf("models", summary.models),
    ...namesOf("tools", summary.tools),
  ];
  return [
    `**${summary.status}** ${inline(summary.title, MAX_TITLE)}`,
    `session ${code(summary.id, MAX_ID)} · ${figures.join(" · ")}`,
    ...(names.length === 0 ? [] : [names.join(" · ")]),
    ...causes.map(
      ({ name, reason, count: times }) =>
        `failed: ${code(name)}${reason === undefined ? "" : ` ${code(reason, MAX_REASON)}`}${times > 1 ? ` (${times} times)` : ""}`,
    ),
    ...(summary.status === "waiting" && waiting !== undefined
      ? [
          `waits for an answer since ${secondsText(BigInt(waiting.since))}${waiting.tool === undefined ? "" : ` (${code(waiting.tool)})`}: ${code(waiting.question, MAX_QUESTION)}`,
        ]
      : []),
    ...(nowLine === undefined || nowLine.state !== "running"
      ? []
      : [
          `runs ${nowLine.agent === undefined ? "" : `${code(nowLine.agent)} ▸ `}${code(nowLine.step)} since ${secondsText(BigInt(nowLine.since))}`,
        ]),
  ].join("\n");
}

function namesOf(word: string, tallies: readonly Tally[]): string[] {
  const names = Array.from(new Set(tallies.map(({ name }) => name)));
  if (names.length === 0) return [];
  const more = names.length > MAX_NAMES ? `, and ${names.length - MAX_NAMES} more` : "";
  return [
    `${word} ${names
      .slice(0, MAX_NAMES)
      .map((name) => code(name))
      .join(", ")}${more}`,
  ];
}
