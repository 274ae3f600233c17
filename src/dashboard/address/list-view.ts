import { LIST_SORTS, type ListOrder, type ListSort } from "../../session/contract/directory.ts";
import { type ListFilter, STATUSES } from "../../session/list/list-filter.ts";
import type { Status } from "../../session/liveness.ts";
import { NAME_FIELDS, type NameField } from "../../session/list/search-text.ts";

export type ListKind = ListFilter["kind"];

/** The list's filters and order: the parameters of `GET /sessions`, as the reader chose them. */
export type ListView = {
  readonly kind: ListKind;
  readonly search: string;
  /** Empty: any. */
  readonly statuses: readonly Status[];
  readonly names: readonly NameChoice[];
  /** A time in the API's format, or a duration back from now such as "2h". Empty: no bound. */
  readonly since: string;
  readonly until: string;
  readonly sort: ListSort;
  readonly order: ListOrder;
};

export type NameChoice = readonly [field: NameField, name: string];

/** The default view of the list. */
export const WHOLE_LIST: ListView = {
  kind: "session",
  search: "",
  statuses: [],
  names: [],
  since: "",
  until: "",
  sort: "activity",
  order: "desc",
};

const KINDS: readonly ListKind[] = ["session", "trace", "all"];

/** Ignores unknown values. An invalid time is left to the server, whose error names the valid formats. */
export function readListView(parameters: URLSearchParams): ListView {
  const among = <Word extends string>(words: readonly Word[], name: string): Word | undefined =>
    words.find((word) => word === parameters.get(name));
  const wanted = new Set(parameters.getAll("status").flatMap((value) => value.split(",")));
  return {
    kind: among(KINDS, "kind") ?? WHOLE_LIST.kind,
    search: parameters.get("q") ?? "",
    statuses: STATUSES.filter((status) => wanted.has(status)),
    names: NAME_FIELDS.flatMap((field) =>
      parameters
        .getAll(field)
        .filter(Boolean)
        .map((name): NameChoice => [field, name]),
    ),
    since: parameters.get("since") ?? "",
    until: parameters.get("until") ?? "",
    sort: among(LIST_SORTS, "sort") ?? WHOLE_LIST.sort,
    order: among(["asc", "desc"], "order") ?? WHOLE_LIST.order,
  };
}

/** Only parameters that differ from the default. */
export function listParameters(view: ListView): URLSearchParams {
  const parameters = new URLSearchParams();
  const set = (name: string, value: string, otherwise = ""): void => {
    if (value !== otherwise) parameters.set(name, value);
  };
  set("kind", view.kind, WHOLE_LIST.kind);
  set("q", view.search);
  set("status", view.statuses.join(","));
  for (const [field, name] of view.names) parameters.append(field, name);
  set("since", view.since);
  set("until", view.until);
  set("sort", view.sort, WHOLE_LIST.sort);
  set("order", view.order, WHOLE_LIST.order);
  return parameters;
}

/** Whether any filter but the kind is set. */
export const isNarrowed = ({ search, statuses, names, since, until }: ListView): boolean =>
  search.trim() !== "" || statuses.length > 0 || names.length > 0 || since !== "" || until !== "";

/** The same kind and order without filters. */
export const widened = ({ kind, sort, order }: ListView): ListView => ({ ...WHOLE_LIST, kind, sort, order });

/** Whether sessions that need the reader, and those that run, come first. Any other order is shown as it is. */
export const pinsGroups = ({ statuses, sort, order }: ListView): boolean =>
  statuses.length === 0 && order === "desc" && (sort === "activity" || sort === "start");
