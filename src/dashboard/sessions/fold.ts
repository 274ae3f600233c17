import type { ListOrder, ListSort } from "../../session/contract/directory.ts";
import type { RecentExports, ListStreamEvent } from "../../session/contract/stream-events.ts";
import type { SessionList } from "../../api/session-schema.ts";
import { listFacts, STATUSES } from "../../session/list/list-filter.ts";
import type { SessionSummary } from "../../session/summary.ts";

type Row = { readonly summary: SessionSummary; readonly value: number };

/**
 * Merges the loaded pages and the watch since the first page: the list from its beginning to the end of the last page.
 */
export class ListFold {
  readonly #sort: ListSort;
  readonly #order: ListOrder;
  /** In order of arrival, which decides between rows of equal value. */
  readonly #rows = new Map<string, Row>();
  readonly #paged = new Set<string>();
  /** Changed by the watch while a page was loading: the page may be older. */
  readonly #touched = new Set<string>();
  /** The sort value of the last page's last row; `undefined`: there are no more pages. */
  #edge: number | undefined;
  #nextCursor: string | undefined;
  recentExports: RecentExports | undefined;

  constructor(sort: ListSort, order: ListOrder) {
    this.#sort = sort;
    this.#order = order;
  }

  /** Where the next page begins, if there is one. */
  get nextCursor(): string | undefined {
    return this.#nextCursor;
  }

  /** Whether the row was loaded with a page. Such a row is not counted as new. */
  isPaged(id: string): boolean {
    return this.#paged.has(id);
  }

  /** Starts the list over with this page. */
  begin(page: ListPageAnswer): void {
    this.#rows.clear();
    this.#paged.clear();
    this.expectPage();
    this.addPage(page);
    this.recentExports = page.recentExports;
  }

  /** Call before a page is requested. */
  expectPage(): void {
    this.#touched.clear();
  }

  /** Adds the next page, as it was some time after `expectPage`. */
  addPage({ sessions, nextCursor }: ListPageAnswer): void {
    for (const summary of sessions) {
      if (this.#touched.has(summary.id)) {
        if (this.#rows.has(summary.id)) this.#paged.add(summary.id);
        continue;
      }
      this.#set(summary);
      this.#paged.add(summary.id);
    }
    const last = sessions.at(-1);
    this.#nextCursor = last === undefined ? undefined : nextCursor;
    this.#edge = last === undefined || nextCursor === undefined ? undefined : this.#valueOf(last);
  }

  apply(event: ListStreamEvent): void {
    switch (event.type) {
      case "session":
        this.#touched.add(event.summary.id);
        this.#set(event.summary);
        return;
      case "gone":
        this.#touched.add(event.id);
        this.#rows.delete(event.id);
        this.#paged.delete(event.id);
        return;
      case "recentExports":
        this.recentExports = event.recentExports;
        return;
      // The stream then loads the first page again.
      case "reset":
      case "bookmark":
        return;
    }
  }

  /** Sorted. Rows after the last page's end are left out, because unknown rows stand between. */
  shown(): SessionSummary[] {
    const sign = this.#order === "desc" ? -1 : 1;
    const edge = this.#edge;
    return [...this.#rows.values()]
      .filter(({ value }) => edge === undefined || sign * (value - edge) <= 0)
      .sort((a, b) => sign * (a.value - b.value))
      .map(({ summary }) => summary);
  }

  #set(summary: SessionSummary): void {
    this.#rows.set(summary.id, { summary, value: this.#valueOf(summary) });
  }

  /** As the server sorts. */
  #valueOf(summary: SessionSummary): number {
    const facts = listFacts(summary);
    return this.#sort === "duration" ? facts.end - facts.start : facts[this.#sort];
  }
}

/** The response of `GET /sessions`; of the retention see `readRetention`. */
export type ListPageAnswer = Readonly<Omit<SessionList, "sessions" | "retention">> & {
  readonly sessions: readonly SessionSummary[];
  readonly retention?: unknown;
};

/** Throws on another body, such as a proxy's login page. The fields within are trusted. */
export function readListPage(body: unknown): ListPageAnswer {
  if (!isListPage(body)) throw new TypeError("the server's answer is not a page of the list");
  return body;
}

function isListPage(body: unknown): body is ListPageAnswer {
  if (!isObject(body)) return false;
  const { resourceVersion, sessions, nextCursor, counts, sums, recentExports } = body;
  return (
    typeof resourceVersion === "string" &&
    Array.isArray(sessions) &&
    (nextCursor === undefined || typeof nextCursor === "string") &&
    isObject(counts) &&
    ["all", ...STATUSES].every((name) => typeof counts[name] === "number") &&
    isObject(sums) &&
    ["sessions", "tokens", "cost", "estimated", "unpriced"].every((name) => typeof sums[name] === "number") &&
    isObject(recentExports) &&
    Array.isArray(recentExports["last"])
  );
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
