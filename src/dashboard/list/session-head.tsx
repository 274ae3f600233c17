import { Sign } from "../frame/icons.tsx";
import { Link } from "../address/link.tsx";
import { go } from "../address/location.ts";
import { LIST_COLUMNS, type ListColumn } from "./list-columns.tsx";
import type { ListView } from "./list-view.ts";

/** The heads of the columns; those that can be sorted by are links: first largest or newest first, then the other way. */
export function SessionHead({ view }: { view: ListView }) {
  return (
    <div class="session-head" role="row">
      {LIST_COLUMNS.map((column) => (
        <div key={column.word} role="columnheader" class={column.name} {...ariaSort(column, view)}>
          {column.sort === undefined ? column.word : <SortLink column={column} sort={column.sort} view={view} />}
        </div>
      ))}
    </div>
  );
}

function ariaSort({ sort }: ListColumn, view: ListView) {
  if (sort === undefined) return {};
  if (sort !== view.sort) return { "aria-sort": "none" } as const;
  return { "aria-sort": view.order === "desc" ? "descending" : "ascending" } as const;
}

function SortLink(props: { column: ListColumn; sort: ListView["sort"]; view: ListView }) {
  const { column, sort, view } = props;
  const isSorted = view.sort === sort;
  const order = isSorted && view.order === "desc" ? "asc" : "desc";
  return (
    <Link class="sort" to={{ page: "list", view: { ...view, sort, order } }} title={orderWords(sort, order)}>
      {isSorted ? <Sign name={view.order === "desc" ? "down" : "up"} /> : null}
      {column.word}
    </Link>
  );
}

function orderWords(sort: ListView["sort"], order: ListView["order"]): string {
  const [desc, asc] =
    sort === "activity" || sort === "start"
      ? ["newest first", "oldest first"]
      : sort === "duration"
        ? ["longest first", "shortest first"]
        : ["most first", "fewest first"];
  return `Sort by ${sort}, ${order === "desc" ? desc : asc}`;
}

/** The same for where there is no room for heads. */
export function SortChoice({ view }: { view: ListView }) {
  return (
    <select
      class="sort-choice"
      aria-label="Sort by"
      value={`${view.sort} ${view.order}`}
      onChange={(event) => {
        const [sort, order] = event.currentTarget.value.split(" ");
        const column = LIST_COLUMNS.find((known) => known.sort === sort);
        if (column?.sort === undefined) return;
        go({ page: "list", view: { ...view, sort: column.sort, order: order === "asc" ? "asc" : "desc" } });
      }}
    >
      {LIST_COLUMNS.flatMap(({ word, sort }) =>
        sort === undefined
          ? []
          : (["desc", "asc"] as const).map((order) => (
              <option key={`${sort} ${order}`} value={`${sort} ${order}`}>
                {`${word} ${order === "desc" ? "↓" : "↑"}`}
              </option>
            )),
      )}
    </select>
  );
}
