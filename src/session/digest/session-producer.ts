import { isClient } from "../../facts/facts.ts";
import type { Producer } from "../../facts/facts.ts";
import { compareRows } from "../table/annotated-rows.ts";
import { ROOT } from "../table/parent-links.ts";
import type { SpanTable } from "../table/span-table.ts";

/** What made the session: the producer of its first span that names one. A client of models counts only if there is no other. */
export function sessionProducer(table: SpanTable): Producer | undefined {
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
  const row = agent >= 0 ? agent : client;
  const first = row < 0 ? undefined : rows.producer(row);
  // LangGraph's nodes name it, and the run around them often does not.
  return first === "langchain" && hasGraph ? "langgraph" : first;
}
