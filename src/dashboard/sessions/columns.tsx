import type { ListSort } from "../../session/contract/directory.ts";
import { go } from "../address/location.ts";
import type { ListView } from "../address/list-view.ts";
import { Icon } from "../ui/icons.tsx";
import { ListIcon } from "../ui/list-icons.tsx";
import { Link } from "../ui/link.tsx";

/** `sorts`: the orders that clicks on the header set. `name`: the class of the column's cells. */
type ListColumn = {
  readonly word: string;
  readonly name: string;
  readonly sorts?: readonly (readonly [word: string, sort: ListSort])[];
};

export const LIST_COLUMNS: readonly ListColumn[] = [
  { word: "Status", name: "cell-status" },
  { word: "Session", name: "cell-title" },
  { word: "Who", name: "cell-who" },
  { word: "Steps", name: "cell-steps" },
  { word: "Errors", name: "cell-errors", sorts: [["Errors", "errors"]] },
  { word: "Tokens", name: "number", sorts: [["Tokens", "tokens"]] },
  { word: "Cost", name: "number", sorts: [["Cost", "cost"]] },
  { word: "Duration", name: "number", sorts: [["Duration", "duration"]] },
  {
    word: "Started",
    name: "number cell-started",
    sorts: [
      ["Started", "start"],
      ["Active", "activity"],
    ],
  },
];

const SORTS = LIST_COLUMNS.flatMap(({ sorts = [] }) => sorts);

/** The column headers. Sortable ones are links: the first click sorts largest or newest first, the second reverses. */
export function SessionHead({ view }: { view: ListView }) {
  return (
    <div class="session-head" role="row" aria-rowindex={1}>
      {LIST_COLUMNS.map((column) => (
        <div key={column.word} role="columnheader" class={column.name} {...ariaSort(column, view)}>
          {column.sorts?.map(([word, sort]) => <SortLink key={sort} word={word} sort={sort} view={view} />) ??
            column.word}
        </div>
      ))}
    </div>
  );
}

function ariaSort({ sorts }: ListColumn, view: ListView) {
  if (sorts === undefined) return {};
  if (!sorts.some(([, sort]) => sort === view.sort)) return { "aria-sort": "none" } as const;
  return { "aria-sort": view.order === "desc" ? "descending" : "ascending" } as const;
}

function SortLink(props: { word: string; sort: ListView["sort"]; view: ListView }) {
  const { word, sort, view } = props;
  const isSorted = view.sort === sort;
  const order = isSorted && view.order === "desc" ? "asc" : "desc";
  return (
    <Link
      class={isSorted ? "sort is-sorted" : "sort"}
      to={{ page: "list", view: { ...view, sort, order } }}
      title={orderWords(sort, order)}
    >
      {!isSorted ? null : view.order === "desc" ? <Icon name="down" /> : <ListIcon name="up" />}
      {word}
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

/** Sorting on narrow screens, which have no headers. */
export function SortChoice({ view }: { view: ListView }) {
  return (
    <select
      class="sort-choice field"
      aria-label="Sort by"
      value={`${view.sort} ${view.order}`}
      onChange={(event) => {
        const [wanted, order] = event.currentTarget.value.split(" ");
        const sort = SORTS.find(([, known]) => known === wanted)?.[1];
        if (sort !== undefined) go({ page: "list", view: { ...view, sort, order: order === "asc" ? "asc" : "desc" } });
      }}
    >
      {SORTS.flatMap(([word, sort]) =>
        (["desc", "asc"] as const).map((order) => (
          <option key={`${sort} ${order}`} value={`${sort} ${order}`}>
            {`${word} ${order === "desc" ? "↓" : "↑"}`}
          </option>
        )),
      )}
    </select>
  );
}
