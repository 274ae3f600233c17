import * as v from "valibot";
import { LIST_SORTS } from "../session/contract/directory.ts";
import type { ListCursor, ListOrder, ListQuery, ListSort } from "../session/contract/directory.ts";
import { STATUSES } from "../session/list/list-filter.ts";
import { NAME_FIELDS, nameToken, searchPhrases } from "../session/list/search-text.ts";
import type { NameField } from "../session/list/search-text.ts";
import { readMoment } from "./moment.ts";
import { numberParameter, oneOf, readParameters, textParameter } from "./parameter.ts";

export type ListQueryOutcome =
  | { readonly ok: true; readonly query: ListQuery }
  | { readonly ok: false; readonly detail: string };

const LARGEST_LIMIT = 1_000;
/** Longest search text, in UTF-16 units. */
export const LONGEST_SEARCH = 256;
/** Largest number of words of a search: each costs a full-text lookup. */
export const MOST_WORDS = 16;

const ORDERS = ["desc", "asc"] as const satisfies readonly ListOrder[];
const isMoment = (given: string) => readMoment(given, 0) !== undefined;
const TIME = "a time such as 2026-11-21T09:30:00Z, Unix nanoseconds, or a duration such as 15m, 2h or 7d";
const statusRefusal = `status must be among ${STATUSES.join(", ")}, separated by commas`;

const names = (field: NameField) => {
  const message = `${field} must be a name of at most ${LONGEST_SEARCH} characters`;
  return v.array(v.pipe(v.string(), v.minLength(1, message), v.maxLength(LONGEST_SEARCH, message)));
};

/** The parameters of `GET /sessions`, documented in `operations.ts`. Its stream ignores the last four. */
export const ListParameters = v.object({
  kind: v.optional(oneOf("kind", ["session", "trace", "all"]), "session"),
  status: v.pipe(
    v.array(v.string()),
    v.transform((given) => given.flatMap((words) => words.split(","))),
    v.array(v.picklist(STATUSES, statusRefusal)),
  ),
  q: v.optional(
    v.pipe(
      v.string(),
      v.maxLength(LONGEST_SEARCH, `q must have at most ${LONGEST_SEARCH} characters`),
      v.check((typed) => searchPhrases(typed).length <= MOST_WORDS, `q must have at most ${MOST_WORDS} words`),
    ),
    "",
  ),
  agent: names("agent"),
  model: names("model"),
  tool: names("tool"),
  namespace: names("namespace"),
  service: names("service"),
  since: v.exactOptional(textParameter("since", isMoment, TIME)),
  until: v.exactOptional(textParameter("until", isMoment, TIME)),
  sort: v.exactOptional(oneOf("sort", LIST_SORTS)),
  order: v.exactOptional(oneOf("order", ORDERS)),
  limit: v.optional(
    v.pipe(
      numberParameter("limit", {
        pattern: /^\d{1,5}$/,
        least: 1,
        most: LARGEST_LIMIT,
        expected: `a whole number from 1 to ${LARGEST_LIMIT}`,
      }),
      v.integer(),
    ),
    "100",
  ),
  cursor: v.exactOptional(
    textParameter("cursor", (given) => parseCursor(given) !== undefined, "a nextCursor from this server"),
  ),
});

/** The query of a list. Durations count back from `now`, in Unix milliseconds. */
export function readListQuery(params: URLSearchParams, now: number): ListQueryOutcome {
  const read = readParameters(ListParameters, params);
  if (!read.ok) return read;
  const { kind, status, q, limit, ...given } = read.value;
  const since = given.since === undefined ? undefined : readMoment(given.since, now);
  const until = given.until === undefined ? undefined : readMoment(given.until, now);
  if (since !== undefined && until !== undefined && since > until)
    return { ok: false, detail: "since must not be after until" };
  const page = given.cursor === undefined ? undefined : parseCursor(given.cursor);
  const { sort = page?.sort ?? "activity", order = page?.order ?? "desc" } = given;
  if (page !== undefined && (sort !== page.sort || order !== page.order)) {
    const detail = `cursor belongs to a list by ${page.sort}, ${page.order}: sort and order must be the same or absent`;
    return { ok: false, detail };
  }
  const filter = {
    kind,
    statuses: status,
    phrases: searchPhrases(q),
    names: NAME_FIELDS.flatMap((field) => given[field].map((name) => nameToken(field, name))),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
  };
  const query = { sort, order, filter, limit, ...(page === undefined ? {} : { cursor: page.cursor }) };
  return { ok: true, query };
}

/** Opaque to clients: `<sort>.<order>.<number>.<value>`. The value is JSON without `+`, which a URL would change. */
export function formatCursor(sort: ListSort, order: ListOrder, { value, n }: ListCursor): string {
  return `${sort}.${order}.${n}.${String(value).replace("+", "")}`;
}

function parseCursor(text: string): { sort: ListSort; order: ListOrder; cursor: ListCursor } | undefined {
  const match = /^([a-z]+)\.(asc|desc)\.(\d{1,15})\.(-?\d{1,22}(?:\.\d{1,20})?(?:e-?\d{1,3})?)$/.exec(text);
  const sort = LIST_SORTS.find((known) => known === match?.[1]);
  const value = Number(match?.[4]);
  if (match === null || sort === undefined || !Number.isFinite(value)) return undefined;
  return { sort, order: match[2] === "asc" ? "asc" : "desc", cursor: { value, n: Number(match[3]) } };
}
