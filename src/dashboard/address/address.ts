import { listParameters, readListView } from "./list-view.ts";
import type { ListView } from "./list-view.ts";
import { ALL_LOGS, readLogView, writeLogView } from "./log-view.ts";
import type { LogView } from "./log-view.ts";
import { readClosedRows, readKindChoices, readPanelView, readReadingName, writeClosedRows } from "./reading-view.ts";
import type { KindChoice, PanelView, ReadingName } from "./reading-view.ts";
import { readReplayView, replayParameters } from "./replay-view.ts";
import type { ReplayView } from "./replay-view.ts";
import { ALL_STEPS, readStepsView, writeStepsView } from "./steps-view.ts";
import type { StepsView } from "./steps-view.ts";
import type { ClosedRows } from "../../session/tree/closed-rows.ts";

/** Before every path where the page shows the program's own traces; else empty. */
export const BASE = /^\/self(?=\/|$)/.exec(globalThis.location?.pathname ?? "")?.[0] ?? "";

/** The program's own traces are read only: nothing is imported beside them, and none is deleted. */
export const IS_READ_ONLY = BASE !== "";

/** The path of the list, and of its data. */
export const LIST_PATH = `${BASE}/sessions`;

/** The path of a session, and of its data. */
export const sessionPath = (id: string): string => `${LIST_PATH}/${encodeURIComponent(id)}`;

/** The URL contains the whole state of the page, so a link shows the same to others. */
export type Address =
  | { readonly page: "overview" }
  | { readonly page: "list"; readonly view: ListView }
  | {
      readonly page: "session";
      readonly id: string;
      readonly span: string | undefined;
      /** How the session is read; without, as the session says. */
      readonly view?: ReadingName | undefined;
      /** The search in the session. */
      readonly search?: string | undefined;
      /** Without, all spans. */
      readonly kinds?: readonly KindChoice[] | undefined;
      /** The short id of the query that is read alone. */
      readonly turn?: string | undefined;
      /** Without, all rows are open. */
      readonly closed?: ClosedRows | undefined;
      /** The panel covers the reading. */
      readonly panel?: "wide" | undefined;
      /** What the panel shows of the span; without, what is new in it. */
      readonly show?: PanelView | undefined;
      readonly range?: TimeRange | undefined;
      /** The timeline shows the critical path. */
      readonly critical?: true | undefined;
      /** How the table of steps is grouped and sorted. */
      readonly steps?: StepsView | undefined;
      /** The filter of the log records. */
      readonly logs?: LogView | undefined;
      /** The key of the open log record. */
      readonly log?: string | undefined;
      /** A replay instead of the live view. */
      readonly replay?: ReplayView | undefined;
    }
  | { readonly page: "unknown"; readonly path: string };

export type SessionAddress = Extract<Address, { page: "session" }>;

/** A part of the time axis, nanoseconds since the session's start. */
export type TimeRange = { readonly from: bigint; readonly to: bigint };

/** `path` and `query` as in `location.pathname` and `location.search`. */
export function readAddress(path: string, query: string): Address {
  const below = path.slice(BASE.length);
  const parameters = new URLSearchParams(query);
  if (/^\/?(otel\/?)?$/.test(below)) return { page: "overview" };
  if (/^\/sessions\/?$/.test(below)) return { page: "list", view: readListView(parameters) };
  const id = /^\/sessions\/([^/]+)\/?$/.exec(below)?.[1];
  if (id === undefined) return { page: "unknown", path };
  try {
    const range = readRange(parameters.get("range") ?? "");
    const replay = readReplayView(parameters);
    const logs = readLogView(parameters.get("logs"));
    const log = parameters.get("log") ?? undefined;
    // A filter of log records alone asks for them, too.
    const view = readReadingName(parameters.get("view")) ?? (logs === undefined ? undefined : "logs");
    const search = parameters.get("q") ?? "";
    const kinds = readKindChoices(parameters.get("kinds"));
    const turn = parameters.get("turn") ?? "";
    const closed = readClosedRows(parameters.get("closed"));
    const show = readPanelView(parameters.get("show"));
    const steps = view === "steps" ? readStepsView(parameters.get("steps")) : undefined;
    return {
      page: "session",
      id: decodeURIComponent(id),
      span: parameters.get("span") ?? undefined,
      ...(view === undefined ? {} : { view }),
      ...(search === "" ? {} : { search }),
      ...(kinds === undefined ? {} : { kinds }),
      ...(turn === "" ? {} : { turn }),
      ...(closed === undefined ? {} : { closed }),
      ...(parameters.get("panel") === "wide" ? { panel: "wide" } : {}),
      ...(show === undefined ? {} : { show }),
      ...(range === undefined ? {} : { range }),
      ...(steps === undefined ? {} : { steps }),
      ...(parameters.get("critical") === "true" ? { critical: true } : {}),
      ...(logs === undefined ? {} : { logs }),
      ...(log === undefined ? {} : { log }),
      ...(replay === undefined ? {} : { replay }),
    };
  } catch {
    return { page: "unknown", path };
  }
}

function readRange(text: string): TimeRange | undefined {
  const [, from, to] = /^(\d{1,19})-(\d{1,19})$/.exec(text) ?? [];
  if (from === undefined || to === undefined || BigInt(from) >= BigInt(to)) return undefined;
  return { from: BigInt(from), to: BigInt(to) };
}

/** The shortest URL of an address. */
export function writeAddress(address: Address): string {
  switch (address.page) {
    case "overview":
      return `${BASE}/`;
    case "list": {
      const parameters = listParameters(address.view);
      return parameters.size === 0 ? LIST_PATH : `${LIST_PATH}?${parameters}`;
    }
    case "session": {
      const { view, search = "", kinds = [], turn, closed } = address;
      const parameters = address.replay === undefined ? new URLSearchParams() : replayParameters(address.replay);
      if (view !== undefined) parameters.set("view", view);
      if (search !== "") parameters.set("q", search);
      if (kinds.length > 0) parameters.set("kinds", kinds.join(","));
      if (turn !== undefined) parameters.set("turn", turn);
      const closedIds = closed === undefined ? "" : writeClosedRows(closed);
      if (closedIds !== "") parameters.set("closed", closedIds);
      if (address.panel !== undefined) parameters.set("panel", address.panel);
      if (address.show !== undefined) parameters.set("show", address.show);
      if (address.span !== undefined) parameters.set("span", address.span);
      if (address.range !== undefined) parameters.set("range", `${address.range.from}-${address.range.to}`);
      if (address.critical === true) parameters.set("critical", "true");
      const steps = address.steps === undefined || view !== "steps" ? "" : writeStepsView(address.steps);
      if (steps !== "" && steps !== writeStepsView(ALL_STEPS)) parameters.set("steps", steps);
      const logs = address.logs === undefined || view !== "logs" ? "" : writeLogView(address.logs);
      if (logs !== "" && logs !== writeLogView(ALL_LOGS)) parameters.set("logs", logs);
      if (address.log !== undefined) parameters.set("log", address.log);
      const path = sessionPath(address.id);
      // Colons and commas need no escape in a query string, and keys contain several.
      return parameters.size === 0
        ? path
        : `${path}?${String(parameters).replaceAll("%3A", ":").replaceAll("%2C", ",")}`;
    }
    case "unknown":
      return address.path;
  }
}
