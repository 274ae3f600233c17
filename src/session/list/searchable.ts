import { queryName } from "../queries.ts";
import type { QueryFold } from "../queries.ts";
import type { RollUp } from "../roll-up.ts";
import { MAX_SEARCH_TEXT } from "./search-text.ts";
import type { NameField, Searchable } from "./search-text.ts";
import { promptAt, failureAt } from "../table/annotated-rows.ts";
import type { SpanTable } from "../table/span-table.ts";
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
  table: SpanTable,
  summary: SessionSummary,
  { queries }: QueryFold,
  { tallies, names }: RollUp,
): Searchable {
  const { waiting } = summary.liveness;
  const texts = new Set([summary.title, ...(waiting === undefined ? [] : [waiting.question])]);
  const failures = new Set<string>();
  let units = 0;
  for (const query of queries) {
    for (const text of [queryName(table, query), query.prompt < 0 ? undefined : promptAt(table, query.prompt)]) {
      if (text === undefined || text === "" || texts.has(text)) continue;
      units += text.length;
      texts.add(text);
    }
    if (units > MAX_SEARCH_TEXT) break;
  }
  for (let row = 0; row < table.rows.length; row++) {
    const failure = failureAt(table, row);
    if (failure !== undefined) failures.add(failure);
  }
  return {
    names: [...identities(summary), ...namesIn({ ...tallies, ...names })],
    texts: [...texts, ...[...failures].toSorted()],
  };
}

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
