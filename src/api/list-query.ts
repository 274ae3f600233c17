import { LIST_SORTS } from "../session/contract/directory.ts";
import type { ListCursor, ListOrder, ListQuery, ListSort } from "../session/contract/directory.ts";
import { STATUSES } from "../session/list/list-filter.ts";
import type { ListFilter } from "../session/list/list-filter.ts";
import type { Status } from "../session/liveness.ts";
import { NAME_FIELDS, nameToken, searchPhrases } from "../session/list/search-text.ts";
import { readMoment } from "./moment.ts";

const DEFAULT_LIMIT = 100;
const LARGEST_LIMIT = 1_000;
/** Longest search text, in UTF-16 units. */
export const LONGEST_SEARCH = 256;
/** Largest number of words of a search: each costs a full-text lookup. */
export const MOST_WORDS = 16;

export type ListQueryOutcome =
  | { readonly ok: true; readonly query: ListQuery }
  | { readonly ok: false; readonly detail: string };

/** Records an error in a parameter. The response contains the first one. */
type Refuse = (detail: string) => void;

/** The parameters of `GET /sessions` and its stream. Durations count back from `now`, in Unix milliseconds. */
export function readListQuery(params: URLSearchParams, now: number): ListQueryOutcome {
  let refusal: string | undefined;
  const refuse: Refuse = (detail) => {
    refusal ??= detail;
  };
  const filter = readFilter(params, now, refuse);
  const query = { ...readOrder(params, refuse), filter, limit: readLimit(params, refuse) };
  return refusal === undefined ? { ok: true, query } : { ok: false, detail: refusal };
}

function readFilter(params: URLSearchParams, now: number, refuse: Refuse): ListFilter {
  const since = readTime(params, "since", now, refuse);
  const until = readTime(params, "until", now, refuse);
  if (since !== undefined && until !== undefined && since > until) refuse("since must not be after until");
  return {
    kind: oneOf(params, "kind", ["session", "trace", "all"] as const, "session", refuse),
    statuses: readStatuses(params, refuse),
    phrases: readSearch(params, refuse),
    names: readNames(params, refuse),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
  };
}

function readStatuses(params: URLSearchParams, refuse: Refuse): readonly Status[] {
  const words = params.getAll("status").flatMap((value) => value.split(","));
  const statuses = words.flatMap((word) => STATUSES.find((known) => known === word) ?? []);
  if (statuses.length < words.length) refuse(`status must be among ${STATUSES.join(", ")}, separated by commas`);
  return statuses;
}

function readSearch(params: URLSearchParams, refuse: Refuse): readonly string[] {
  const typed = params.get("q") ?? "";
  if (typed.length > LONGEST_SEARCH) {
    refuse(`q must have at most ${LONGEST_SEARCH} characters`);
    return [];
  }
  const phrases = searchPhrases(typed);
  if (phrases.length > MOST_WORDS) refuse(`q must have at most ${MOST_WORDS} words`);
  return phrases;
}

function readNames(params: URLSearchParams, refuse: Refuse): readonly string[] {
  return NAME_FIELDS.flatMap((field) =>
    params.getAll(field).map((name) => {
      if (name === "" || name.length > LONGEST_SEARCH)
        refuse(`${field} must be a name of at most ${LONGEST_SEARCH} characters`);
      return nameToken(field, name);
    }),
  );
}

function readTime(params: URLSearchParams, name: string, now: number, refuse: Refuse): number | undefined {
  const text = params.get(name);
  const moment = text === null ? undefined : readMoment(text, now);
  if (text !== null && moment === undefined)
    refuse(
      `${name} must be a time such as 2026-11-21T09:30:00Z, Unix nanoseconds, or a duration such as 15m, 2h or 7d`,
    );
  return moment;
}

function readLimit(params: URLSearchParams, refuse: Refuse): number {
  const text = params.get("limit") ?? String(DEFAULT_LIMIT);
  const limit = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > LARGEST_LIMIT) refuse(`limit must be a whole number from 1 to ${LARGEST_LIMIT}`);
  return limit;
}

/** A cursor contains sort and order, so the request may omit them. */
function readOrder(params: URLSearchParams, refuse: Refuse): Pick<ListQuery, "sort" | "order" | "cursor"> {
  const text = params.get("cursor");
  const read = text === null ? undefined : parseCursor(text);
  if (text !== null && read === undefined) refuse("cursor must be a nextCursor from this server");
  const sort = oneOf(params, "sort", LIST_SORTS, read?.sort ?? "activity", refuse);
  const order = oneOf(params, "order", ["desc", "asc"] as const, read?.order ?? "desc", refuse);
  if (read === undefined) return { sort, order };
  if (sort !== read.sort || order !== read.order)
    refuse(`cursor belongs to a list by ${read.sort}, ${read.order}: sort and order must be the same or absent`);
  return read;
}

function oneOf<Word extends string>(
  params: URLSearchParams,
  name: string,
  words: readonly Word[],
  otherwise: Word,
  refuse: Refuse,
): Word {
  const text = params.get(name);
  const word = text === null ? otherwise : words.find((known) => known === text);
  if (word === undefined) refuse(`${name} must be ${words.slice(0, -1).join(", ")} or ${words.at(-1)}`);
  return word ?? otherwise;
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
