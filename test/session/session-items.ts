import { readFileSync } from "node:fs";
import type { SpanFacts } from "../../src/facts/facts.ts";
import type { RecordFacts } from "../../src/logs/record-facts.ts";
import { decodeLogs } from "../../src/otlp/logs/decode-logs.ts";
import { decodeTraces } from "../../src/otlp/decode-traces.ts";
import { queriesOf, summarise } from "../../src/session/whole-session.ts";
import { admitRecords, knowsRecord } from "../../src/session/table/admit-records.ts";
import { SpanTable } from "../../src/session/table/span-table.ts";
import { readCaptures } from "../producers/fixtures.ts";
import { ABOUT } from "./fold-of.ts";

/** One span or log record as the receiver takes it in, with the trace of its owner. */
export type Item =
  | { readonly traceId: string; readonly span: SpanFacts }
  | { readonly traceId: string; readonly record: RecordFacts };

type Bodies = { readonly resourceSpans?: unknown; readonly resourceLogs?: unknown };

const FIXTURES = new URL("../fixtures/", import.meta.url);

/** The spans and the log records of a file with `resourceSpans`, `resourceLogs` or both. `edit` changes the spans before. */
export function itemsIn(file: string, edit: (spans: string) => string = (spans) => spans): readonly Item[] {
  const { resourceSpans, resourceLogs }: Bodies = JSON.parse(readFileSync(new URL(file, FIXTURES), "utf8"));
  return [
    ...(resourceSpans === undefined ? [] : spansIn({ resourceSpans: JSON.parse(edit(JSON.stringify(resourceSpans))) })),
    ...(resourceLogs === undefined ? [] : recordsIn({ resourceLogs })),
  ];
}

/** What a captured producer exported. `edit` changes the records before. */
export function itemsOf(producer: string, edit: (records: string) => string = (records) => records): readonly Item[] {
  return readCaptures(producer).flatMap(({ signal, body }) => {
    const text = new TextDecoder().decode(body);
    return signal === "traces" ? spansIn(JSON.parse(text)) : recordsIn(JSON.parse(edit(text)));
  });
}

export const isSpan = (item: Item): boolean => "span" in item;
export const isRecord = (item: Item): boolean => "record" in item;

function spansIn(body: unknown): Item[] {
  const decoded = decodeTraces(new TextEncoder().encode(JSON.stringify(body)), "json");
  if (!decoded.ok) throw new Error(JSON.stringify(decoded.error));
  return decoded.value.groups.flatMap(({ traceId, resources }) =>
    resources.flatMap(({ scopes }) =>
      scopes.flatMap(({ items }) => items.map(({ facts }) => ({ traceId, span: facts }))),
    ),
  );
}

function recordsIn(body: unknown): Item[] {
  const decoded = decodeLogs(new TextEncoder().encode(JSON.stringify(body)), "json");
  if (!decoded.ok) throw new Error(JSON.stringify(decoded.error));
  return decoded.value.groups.flatMap((group) => {
    if (group.kind !== "logs") return [];
    const { traceId, resources } = group;
    return resources.flatMap(({ scopes }) =>
      scopes.flatMap(({ items }) => items.map(({ facts }) => ({ traceId, record: facts }))),
    );
  });
}

/** Admits them in this order, each in a revision of its own, as an object does: known ones are skipped. */
export function tableOf(items: readonly Item[], table = new SpanTable()): SpanTable {
  for (const one of items) {
    const revision = table.itemCount + 1;
    if ("span" in one) {
      if (table.compare(one.traceId, one.span) !== "known") table.admit(one.traceId, one.span, revision, 0);
    } else if (!knowsRecord(table, one.traceId, one.record)) admitRecords(table, one.traceId, [one.record], revision);
  }
  return table;
}

/** What a session shows of its numbers, in the words of a person. */
export function shownOf(table: SpanTable) {
  const { title, agents, models, tools, tokens, cost, estimated, unpriced, errors } = summarise(table, ABOUT);
  const calls = (tallies: readonly { readonly name: string; readonly calls: number; readonly errors: number }[]) =>
    tallies.map(
      ({ name, calls: count, errors: failed }) => `${name} ${count}${failed === 0 ? "" : ` failed ${failed}`}`,
    );
  return {
    title,
    prompts: queriesOf(table).map(({ prompt = "-", phase }) => `${prompt} (${phase})`),
    agents: calls(agents),
    models: calls(models),
    tools: calls(tools),
    tokens: `${tokens.input} in, ${tokens.cached} cached, ${tokens.written} written, ${tokens.output} out, ${tokens.reasoning} thought`,
    cost: cost ?? 0,
    ...(estimated === undefined ? {} : { estimated }),
    ...(unpriced === undefined ? {} : { unpriced }),
    errors,
  };
}
