import { env } from "cloudflare:workers";
import { searchText } from "../../src/session/list/search-text.ts";
import { searchableOf } from "../../src/session/list/searchable.ts";
import type { ListSums } from "../../src/session/list/list-sums.ts";
import type { SessionSummary } from "../../src/session/summary.ts";
import { BARE_SUMMARY, OVER } from "../session/bare-summary.ts";
import { caller, request } from "./world.ts";

export function directory() {
  return env.DIRECTORY.get(env.DIRECTORY.idFromName("default/directory"));
}

/** Milliseconds of a day in 2026. */
export function moment(seconds: number): number {
  return Date.UTC(2026, 10, 21, 9) + seconds * 1_000;
}

export const nanos = (millis: number): string => String(BigInt(millis) * 1_000_000n);

export type Reported = Partial<Omit<SessionSummary, "liveness">> & {
  readonly id: string;
  /** Time of the last arrival, Unix milliseconds. */
  readonly arrived?: number;
  readonly liveness?: Partial<SessionSummary["liveness"]>;
};

/** A finished session whose last delivery arrived now. */
export function summaryOf({ id, arrived = Date.now(), liveness, ...given }: Reported): SessionSummary {
  return {
    ...BARE_SUMMARY,
    id,
    title: id,
    start: nanos(moment(0)),
    end: nanos(moment(1)),
    liveness: {
      ...OVER,
      lastArrival: nanos(arrived),
      ...liveness,
    },
    ...given,
  };
}

let revision = 0;

/** Reports a session to the directory, as its object does. `texts`: searched texts beside the summary. */
export async function report(reported: Reported, texts: readonly string[] = []): Promise<{ interval: number }> {
  const summary = summaryOf(reported);
  const searched = searchableOf(summary);
  const search = searchText({ ...searched, texts: [...searched.texts, ...texts] });
  const report = { id: summary.id, generation: "1x", revision: ++revision, summary, search };
  const [outcome] = await directory().report(caller(), [report]);
  return outcome ?? { interval: 0 };
}

export async function remove(id: string): Promise<void> {
  await directory().remove(caller(), { id, generation: "1x" }, "empty");
}

export type List = {
  readonly resourceVersion: string;
  readonly sessions: readonly (SessionSummary & { readonly status: string })[];
  readonly nextCursor?: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly sums: ListSums;
};

export async function list(query: string): Promise<List> {
  const response = await request(`/sessions?${query}`);
  if (response.status !== 200) throw new Error(`/sessions?${query}: ${response.status} ${await response.text()}`);
  return await response.json();
}

export async function ids(query: string): Promise<string[]> {
  return (await list(query)).sessions.map(({ id }) => id);
}

/** Every page; `between` is done after each. */
export async function allPages(query: string, between: () => Promise<void> = async () => {}): Promise<List[]> {
  const pages: List[] = [];
  for (let cursor: string | undefined = ""; cursor !== undefined;) {
    const page: List = await list(cursor === "" ? query : `${query}&cursor=${encodeURIComponent(cursor)}`);
    pages.push(page);
    cursor = page.nextCursor;
    await between();
  }
  return pages;
}
