import { formatCursor, ListParameters, readListQuery } from "../../api/list-query.ts";
import { counted, dollars } from "../../lib/figures.ts";
import { directoryOf } from "../../place.ts";
import type { ListPage } from "../../session/contract/directory.ts";
import { STATUSES } from "../../session/list/list-filter.ts";
import type { SummaryWithStatus } from "../../session/liveness.ts";
import { sessionLines } from "../../session/session-lines.ts";
import { plain } from "../../session/transcript/markdown-text.ts";
import { byteLength } from "../../session/transcript/passage.ts";
import { callText, recordedRoom } from "../answer.ts";
import { MAX } from "../shared-arguments.ts";
import { refusal } from "../tool.ts";
import type { Tool } from "../tool.ts";

const { kind, status, q, agent, model, tool, service, since, sort, limit, cursor } = ListParameters.entries;

/** What a page of the list has in its address. */
const ON_PAGE = new Set(["kind", "status", "q", "agent", "model", "tool", "service", "since", "sort"]);

export const findSessions: Tool = {
  name: "find_sessions",
  title: "Find sessions",
  description:
    "Lists recorded agent sessions with status, figures, cost, causes of failures and open questions. Newest activity first, unless sorted.",
  arguments: {
    status: { schema: status, description: "Any of these." },
    text: { schema: q, parameter: "q", description: "Words in titles, prompts, names or errors." },
    agent: { schema: agent, description: "Exact names: all of them." },
    model: { schema: model, description: "As agent." },
    tool: { schema: tool, description: "As agent." },
    service: { schema: service, description: "As agent." },
    since: { schema: since, description: "A time, or a duration back from now such as 2h or 7d." },
    kind: { schema: kind, description: "trace: traces without a session or an agent." },
    sort: { schema: sort, description: "Largest or latest first." },
    limit: { schema: limit, description: "Sessions in the answer.", fallback: "10" },
    cursor: { schema: cursor, description: "From the answer before." },
    max: MAX,
  },
  run: async (params, { env, caller, base, max }) => {
    const read = readListQuery(params, Date.now());
    if (!read.ok) return refusal(read.detail);
    const { query } = read;
    const directory = directoryOf(env, caller);
    const where = `Page: ${pageOf(base, params)}, and ${base}/sessions/<id> for one session.`;
    const roomBeside = (page: ListPage): number => recordedRoom({ words: [foundWords(page), where] }, max);
    let page: ListPage = await directory.list(query);
    let rows = rowsOf(page);
    // The page again, shorter, has the cursor of the first row that does not fit. Sessions may have moved: its rows count.
    for (;;) {
      const fitting = fittingRows(rows, roomBeside(page));
      if (fitting >= rows.length) break;
      page = await directory.list({ ...query, limit: fitting });
      rows = rowsOf(page);
    }
    const filters = Object.fromEntries(shownFilters(params));
    const next =
      page.next === undefined
        ? rows.length === 0 && query.filter.kind === "session"
          ? [callText("find_sessions", { kind: "all" })]
          : []
        : [
            `${callText("find_sessions", { cursor: formatCursor(query.sort, query.order, page.next) })}${Object.keys(filters).length === 0 ? "" : " and the same filters"}`,
          ];
    return {
      words: [foundWords(page), where],
      next,
      ...(rows.length === 0 ? {} : { recorded: rows.join("\n\n") }),
    };
  },
};

const rowsOf = ({ sessions }: ListPage): string[] =>
  sessions.map((text) => sessionLines(JSON.parse(text) as SummaryWithStatus));

function foundWords({ sums, counts, sessions }: ListPage): string {
  const statuses = STATUSES.filter((one) => counts[one] > 0).map((one) => `${counts[one]} ${one}`);
  const cost = sums.cost > 0 ? `, together ${plain(dollars(sums.cost, "en"))}` : "";
  return [
    sums.sessions === 0
      ? "No session matches."
      : `Found ${plain(counted(sums.sessions, "session", "sessions", "en"))}${cost}; the answer has ${sessions.length}.`,
    ...(statuses.length === 0 ? [] : [`By status, with the other filters: ${statuses.join(", ")}.`]),
  ].join(" ");
}

/** At least one. */
function fittingRows(rows: readonly string[], room: number): number {
  let left = room;
  const first = rows.findIndex((row) => (left -= byteLength(row) + 2) < 0);
  return first < 0 ? rows.length : Math.max(1, first);
}

function shownFilters(params: URLSearchParams): [string, string][] {
  return Array.from(params).filter(([name]) => ON_PAGE.has(name));
}

function pageOf(base: string, params: URLSearchParams): string {
  const shown = new URLSearchParams(shownFilters(params));
  return `${base}/sessions${shown.size === 0 ? "" : `?${shown.toString()}`}`;
}
