import { comparePartRows, foldParts } from "../part-fold.ts";
import type { PartFold, PartRow } from "../part-fold.ts";
import { queryName } from "../queries.ts";
import type { RollUp } from "../roll-up.ts";
import { MAX_SEARCH_TEXT } from "./search-text.ts";
import type { NameField, Searchable } from "./search-text.ts";
import { promptAt, failureAt } from "../table/annotated-rows.ts";
import type { SessionSummary } from "../summary.ts";

type Named = readonly [field: NameField | "other", name: string];
type Lists = Pick<SessionSummary, "agents" | "teams" | "models" | "tools" | "namespaces" | "services" | "users">;

/** Texts and names of a summary alone. */
export function searchableOf(summary: SessionSummary): Searchable {
  return { names: [...namesIn(summary), ...identities(summary)], texts: [summary.title] };
}

/**
 * Texts and names of the whole session: names that the summary omits, prompts and names of queries, failures. Depends on
 * the set of spans only, also where texts are too many to include all.
 */
export function searchableIn(
  summary: SessionSummary,
  parts: readonly PartFold[],
  { tallies, names }: RollUp,
): Searchable {
  const { waiting } = summary.liveness;
  const texts = new Set([summary.title, ...(waiting === undefined ? [] : [waiting.question])]);
  let units = 0;
  for (const query of textsIn(parts).flat().sort(comparePartRows)) {
    for (const text of query.texts) {
      if (texts.has(text)) continue;
      units += text.length;
      texts.add(text);
    }
    if (units > MAX_SEARCH_TEXT) break;
  }
  const failures = new Set(failuresIn(parts).flatMap((found) => [...found]));
  return {
    names: [...identities(summary), ...namesIn({ ...tallies, ...names })],
    texts: [...texts, ...[...failures].toSorted()],
  };
}

/** A query with texts that no earlier one of its part has. */
type QueryTexts = PartRow & { readonly texts: readonly string[] };

/** Enough whichever of them the session has elsewhere, such as its title. */
const MAX_PART_TEXT = 2 * MAX_SEARCH_TEXT;

const textsIn = foldParts((part): readonly QueryTexts[] => {
  const { table, fold } = part;
  const known = new Set([""]);
  const found: QueryTexts[] = [];
  let units = 0;
  for (const query of fold.queries) {
    const texts = [queryName(table, query), query.prompt < 0 ? "" : (promptAt(table, query.prompt) ?? "")];
    const own = texts.filter((text, at) => !known.has(text) && texts.indexOf(text) === at);
    if (own.length === 0) continue;
    for (const text of own) {
      known.add(text);
      units += text.length;
    }
    found.push({ ...part, row: query.lead, texts: own });
    if (units > MAX_PART_TEXT) break;
  }
  return found;
});

const failuresIn = foldParts(({ table }): ReadonlySet<string> => {
  const failures = new Set<string>();
  for (let row = 0; row < table.rows.length; row++) {
    const failure = failureAt(table, row);
    if (failure !== undefined) failures.add(failure);
  }
  return failures;
});

function identities({ id, also }: SessionSummary): Named[] {
  return [id, ...also].map((name) => ["other", name]);
}

function namesIn({ agents, teams, models, tools, namespaces, services, users }: Lists): Named[] {
  const of = (field: Named[0], names: readonly (string | { readonly name: string })[]): Named[] =>
    names.map((name) => [field, typeof name === "string" ? name : name.name]);
  return [
    ...of("agent", agents),
    ...of("model", models),
    ...of("tool", tools),
    ...of("namespace", namespaces),
    ...of("service", services),
    ...of("other", teams),
    ...of("other", users),
  ];
}
