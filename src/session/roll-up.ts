import * as Row from "./table/span-rows.ts";
import { errorsOf } from "./errors.ts";
import { foldParts } from "./part-fold.ts";
import type { PartFold } from "./part-fold.ts";
import type { NameList, Tally } from "./summary.ts";
import { countedRows } from "./counted-rows.ts";
import { agentAt, failedByRecord, modelAt } from "./merged-rows.ts";
import { reportingLeaves } from "./reporting-leaves.ts";

/** Names in each list of a summary: enough for a person, and a list of sessions stays small. */
export const MAX_NAMES_SHOWN = 50;

/** All names of a session's spans, without a limit. */
export type RollUp = {
  readonly tallies: Readonly<Record<"agents" | "teams" | "models" | "tools", readonly Tally[]>>;
  readonly names: Readonly<Record<"services" | "namespaces" | "users", readonly string[]>>;
  /** Causes of failures, each once. */
  readonly errors: number;
  readonly failedSpans: number;
  /** At least one span is of a query, an agent, a model or a tool. */
  readonly isAgentic: boolean;
};

export function rollUp(parts: readonly PartFold[]): RollUp {
  const all = rollUpsOf(parts);
  const [only] = all;
  if (only !== undefined && all.length === 1) return only;
  const tallied = (list: keyof RollUp["tallies"]): readonly Tally[] => {
    const sum = new Tallies();
    for (const { tallies } of all) for (const tally of tallies[list]) sum.addAll(tally);
    return sum.sorted;
  };
  const named = (list: keyof RollUp["names"]): readonly string[] =>
    sorted(new Set(all.flatMap(({ names }) => names[list])));
  return {
    tallies: {
      agents: tallied("agents"),
      teams: tallied("teams"),
      models: tallied("models"),
      tools: tallied("tools"),
    },
    names: { services: named("services"), namespaces: named("namespaces"), users: named("users") },
    errors: all.reduce((sum, { errors }) => sum + errors, 0),
    failedSpans: all.reduce((sum, { failedSpans }) => sum + failedSpans, 0),
    isAgentic: all.some(({ isAgentic }) => isAgentic),
  };
}

const rollUpsOf = foldParts(({ table, fold: { groups } }): RollUp => {
  const { rows } = table;
  const [agents, teams, models, tools] = [new Tallies(), new Tallies(), new Tallies(), new Tallies()];
  const [services, namespaces, users] = [new Set<string>(), new Set<string>(), new Set<string>()];
  const duplicates = groups.derived?.duplicates;
  const counted = countedRows(table, groups);
  const modelCalls = reportingLeaves(
    groups,
    (row) => duplicates?.[row] !== 1 && modelAt(table, groups, row) !== undefined,
  );
  const { failed: failedRows, causes } = errorsOf(table, groups);
  let errors = 0;
  let failedSpans = 0;
  let isAgentic = false;
  for (let row = 0; row < rows.length; row++) {
    if (duplicates?.[row] === 1) continue;
    const kind = rows.kind(row);
    if (failedRows[row] === 1) failedSpans++;
    if (causes[row] === 1) errors++;
    const failed = failedRows[row] === 1 || failedByRecord(table, groups, row);
    if (kind !== "tool" && counted[row] === 1) agents.add(agentAt(table, groups, row), failed);
    if (kind === "team") teams.add(table.text(row, Row.SUBJECT), failed);
    if (kind === "tool" && counted[row] === 1) tools.add(table.text(row, Row.SUBJECT), failed);
    if (modelCalls[row] === 1) models.add(modelAt(table, groups, row), failed);
    isAgentic ||= kind === "query" || kind === "agent" || kind === "llm" || kind === "tool";
    addText(services, table.text(row, Row.SERVICE));
    addText(namespaces, table.text(row, Row.QUERY_NAMESPACE));
    addText(users, table.text(row, Row.USER));
  }
  return {
    tallies: { agents: agents.sorted, teams: teams.sorted, models: models.sorted, tools: tools.sorted },
    names: { services: sorted(services), namespaces: sorted(namespaces), users: sorted(users) },
    errors,
    failedSpans,
    isAgentic,
  };
});

type ShownNames = RollUp["tallies"] &
  RollUp["names"] & { readonly omitted?: Readonly<Partial<Record<NameList, number>>> };

/** The lists of a summary: limited, with the numbers of omitted names. */
export function shownNames({ tallies, names }: RollUp): ShownNames {
  const { agents, teams, models, tools } = tallies;
  const { services, namespaces, users } = names;
  const omitted: Partial<Record<NameList, number>> = {};
  const shown = <T>(list: NameList, all: readonly T[]): readonly T[] => {
    if (all.length <= MAX_NAMES_SHOWN) return all;
    omitted[list] = all.length - MAX_NAMES_SHOWN;
    return all.slice(0, MAX_NAMES_SHOWN);
  };
  const lists = {
    agents: shown("agents", agents),
    teams: shown("teams", teams),
    models: shown("models", models),
    tools: shown("tools", tools),
    services: shown("services", services),
    namespaces: shown("namespaces", namespaces),
    users: shown("users", users),
  };
  return Object.keys(omitted).length === 0 ? lists : { ...lists, omitted };
}

function addText(texts: Set<string>, text: string | undefined): void {
  if (text !== undefined) texts.add(text);
}

function sorted(texts: ReadonlySet<string>): string[] {
  return [...texts].toSorted();
}

/** Counts calls by name. */
export class Tallies {
  readonly #tallies = new Map<string, { calls: number; errors: number }>();

  add(name: string | undefined, failed: boolean): void {
    if (name !== undefined) this.addAll({ name, calls: 1, errors: failed ? 1 : 0 });
  }

  addAll({ name, calls, errors }: Tally): void {
    const tally = this.#tallies.get(name);
    if (tally === undefined) this.#tallies.set(name, { calls, errors });
    else {
      tally.calls += calls;
      tally.errors += errors;
    }
  }

  /** By calls, most first, then by name. */
  get sorted(): Tally[] {
    return [...this.#tallies]
      .map(([name, { calls, errors }]) => ({ name, calls, errors }))
      .toSorted((a, b) => b.calls - a.calls || (a.name < b.name ? -1 : 1));
  }
}
