import type { ListOrder, ListSort } from "../../session/contract/directory.ts";
import type { RecentExports, ListStreamEvent } from "../../session/contract/stream-events.ts";
import { listFacts } from "../../session/list/list-filter.ts";
import type { ListPageAnswer } from "../../session/list/list-page.ts";
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
  /** For each page that is loading: what the watch changed meanwhile. The page may be older. */
  readonly #touched = new Set<Set<string>>();
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
    this.#touched.clear();
    this.addPage(page, this.expectPage());
    this.recentExports = page.recentExports;
  }

  /** Call before a page is requested, and give the result back with the page. */
  expectPage(): Set<string> {
    const touched = new Set<string>();
    this.#touched.add(touched);
    return touched;
  }

  /** Adds the next page, as it was some time after `expectPage`. */
  addPage(page: ListPageAnswer, touched: Set<string>): void {
    const { sessions, nextCursor } = page;
    this.#addRows(page, touched);
    for (const { id } of sessions) if (this.#rows.has(id)) this.#paged.add(id);
    const last = sessions.at(-1);
    this.#nextCursor = last === undefined ? undefined : nextCursor;
    this.#edge = last === undefined || nextCursor === undefined ? undefined : this.#valueOf(last);
  }

  /** Adds sessions from anywhere in the list: those after the last page's end are shown only if something asks for them. */
  addApart(page: ListPageAnswer, touched: Set<string>): void {
    this.#addRows(page, touched);
  }

  #addRows({ sessions }: ListPageAnswer, touched: Set<string>): void {
    this.#touched.delete(touched);
    for (const summary of sessions) if (!touched.has(summary.id)) this.#set(summary);
  }

  apply(event: ListStreamEvent): void {
    switch (event.type) {
      case "session":
        for (const touched of this.#touched) touched.add(event.summary.id);
        this.#set(event.summary);
        return;
      case "gone":
        for (const touched of this.#touched) touched.add(event.id);
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

  /** Sorted, up to the last page's end: unknown rows stand after it. */
  shown(): SessionSummary[] {
    return this.#sorted((order) => order <= 0);
  }

  /** The known sessions after the last page's end, sorted. */
  beyond(): SessionSummary[] {
    return this.#edge === undefined ? [] : this.#sorted((order) => order > 0);
  }

  /** `isWanted`: by the order of a row against the last page's last one, 0 without one. */
  #sorted(isWanted: (order: number) => boolean): SessionSummary[] {
    const sign = this.#order === "desc" ? -1 : 1;
    const edge = this.#edge;
    return [...this.#rows.values()]
      .filter(({ value }) => isWanted(edge === undefined ? 0 : sign * (value - edge)))
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
