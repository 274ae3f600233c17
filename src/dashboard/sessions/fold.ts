import type { ListOrder, ListSort, ListCounts } from "../../session/contract/directory.ts";
import type { RecentExports, ListStreamEvent } from "../../session/contract/stream-events.ts";
import { listFacts, STATUSES } from "../../session/list/list-filter.ts";
import type { SessionSummary } from "../../session/summary.ts";

type Row = { readonly summary: SessionSummary; readonly value: number };

/**
 * The pages read so far and the watch since the first of them, together: the list from its beginning down to where the
 * last page ended.
 */
export class ListFold {
  readonly #sort: ListSort;
  readonly #order: ListOrder;
  /** In the order they came, which decides between rows of equal value. */
  readonly #rows = new Map<string, Row>();
  readonly #paged = new Set<string>();
  /** Told of by the watch while a page was on its way: the page may be older. */
  readonly #touched = new Set<string>();
  /** What the last row of the last page is sorted by; `undefined`: there are no more pages. */
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

  /** Whether the row came with a page: the reader asked for it, so it is no news. */
  isPaged(id: string): boolean {
    return this.#paged.has(id);
  }

  /** What was known is void: the list begins with this page. */
  begin(page: ListPageAnswer): void {
    this.#rows.clear();
    this.#paged.clear();
    this.expectPage();
    this.addPage(page);
    this.recentExports = page.recentExports;
  }

  /** A page is asked for now. */
  expectPage(): void {
    this.#touched.clear();
  }

  /** The page behind the last one, as it was some time after `expectPage`. */
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
      // The stream then reads the first page anew.
      case "reset":
      case "bookmark":
        return;
    }
  }

  /** Sorted. What lies behind the last page's end is left out: others, not known yet, stand between. */
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

/** What `GET /sessions` answers. */
export type ListPageAnswer = {
  readonly resourceVersion: string;
  readonly sessions: readonly SessionSummary[];
  readonly nextCursor?: string;
  readonly counts: ListCounts;
  readonly recentExports: RecentExports;
  /** See `readRetention`. */
  readonly retention?: unknown;
};

/** Throws where it is no page of the list: a proxy's login, say. What is within is the server's own. */
export function readListPage(body: unknown): ListPageAnswer {
  if (!isListPage(body)) throw new TypeError("the server's answer is no page of the list");
  return body;
}

function isListPage(body: unknown): body is ListPageAnswer {
  if (!isObject(body)) return false;
  const { resourceVersion, sessions, nextCursor, counts, recentExports } = body;
  return (
    typeof resourceVersion === "string" &&
    Array.isArray(sessions) &&
    (nextCursor === undefined || typeof nextCursor === "string") &&
    isObject(counts) &&
    ["all", ...STATUSES].every((name) => typeof counts[name] === "number") &&
    isObject(recentExports) &&
    Array.isArray(recentExports["last"])
  );
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
