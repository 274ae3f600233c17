import { listParameters, readListView } from "./list-view.ts";
import type { ListView } from "./list-view.ts";
import { readLogView, writeLogView } from "./log-view.ts";
import type { LogView } from "./log-view.ts";
import { readReplayView, replayParameters } from "./replay-view.ts";
import type { ReplayView } from "./replay-view.ts";

/** The URL contains the whole state of the page, so a link shows the same to others. */
export type Address =
  | { readonly page: "list"; readonly view: ListView }
  | {
      readonly page: "session";
      readonly id: string;
      readonly span: string | undefined;
      readonly range?: TimeRange | undefined;
      /** Lists its log records instead of its spans. */
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
  const parameters = new URLSearchParams(query);
  if (/^\/(sessions\/?|otel\/?)?$/.test(path)) return { page: "list", view: readListView(parameters) };
  const id = /^\/sessions\/([^/]+)\/?$/.exec(path)?.[1];
  if (id === undefined) return { page: "unknown", path };
  try {
    const range = readRange(parameters.get("range") ?? "");
    const replay = readReplayView(parameters);
    const logs = readLogView(parameters.get("logs"));
    const log = parameters.get("log") ?? undefined;
    return {
      page: "session",
      id: decodeURIComponent(id),
      span: parameters.get("span") ?? undefined,
      ...(range === undefined ? {} : { range }),
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
    case "list": {
      const parameters = listParameters(address.view);
      return parameters.size === 0 ? "/sessions" : `/sessions?${parameters}`;
    }
    case "session": {
      const parameters = address.replay === undefined ? new URLSearchParams() : replayParameters(address.replay);
      if (address.span !== undefined) parameters.set("span", address.span);
      if (address.range !== undefined) parameters.set("range", `${address.range.from}-${address.range.to}`);
      if (address.logs !== undefined) parameters.set("logs", writeLogView(address.logs));
      if (address.log !== undefined) parameters.set("log", address.log);
      const path = `/sessions/${encodeURIComponent(address.id)}`;
      // A colon needs no escape in a query string, and keys contain several.
      return parameters.size === 0 ? path : `${path}?${String(parameters).replaceAll("%3A", ":")}`;
    }
    case "unknown":
      return address.path;
  }
}
