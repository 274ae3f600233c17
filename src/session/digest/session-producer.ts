import { isClient } from "../../facts/facts.ts";
import type { Producer } from "../../facts/facts.ts";
import { firstRow, foldParts } from "../part-fold.ts";
import type { PartFold, PartRow } from "../part-fold.ts";
import { compareRows } from "../table/annotated-rows.ts";
import { ROOT } from "../table/parent-links.ts";

type Named = { readonly agent: PartRow | undefined; readonly client: PartRow | undefined; readonly hasGraph: boolean };

/** The first rows that name a producer. */
const namedIn = foldParts((part): Named => {
  const { table } = part;
  const { rows } = table;
  let [agent, client] = [ROOT, ROOT];
  let hasGraph = false;
  for (let row = 0; row < rows.length; row++) {
    const producer = rows.producer(row);
    if (producer === undefined) continue;
    hasGraph ||= producer === "langgraph";
    if (isClient(producer)) {
      if (agent < 0 && (client < 0 || compareRows(table, row, client) < 0)) client = row;
    } else if (agent < 0 || compareRows(table, row, agent) < 0) agent = row;
  }
  const at = (row: number): PartRow | undefined => (row < 0 ? undefined : { ...part, row });
  return { agent: at(agent), client: at(client), hasGraph };
});

/** What made the session: the producer of its first span that names one. A client of models counts only if there is no other. */
export function sessionProducer(parts: readonly PartFold[]): Producer | undefined {
  const named = namedIn(parts);
  const first = firstRow(named.map(({ agent }) => agent)) ?? firstRow(named.map(({ client }) => client));
  const producer = first?.table.rows.producer(first.row);
  // LangGraph's nodes name it, and the run around them often does not.
  return producer === "langchain" && named.some(({ hasGraph }) => hasGraph) ? "langgraph" : producer;
}
