import { expect, test } from "vitest";
import { deriveFacts } from "../../src/facts/facts.ts";
import { summarise } from "../../src/session/whole-session.ts";
import { SpanTable } from "../../src/session/table/span-table.ts";
import type { Resource, Span } from "../../src/otel/span.ts";

const traceId = "0af7651916cd43dd8448eb211c80319c";
const span: Span = { traceId, spanId: "b7ad6b7169203331", name: "work", startTimeUnixNano: "1", endTimeUnixNano: "2" };
const from = (service: string): Resource => ({
  attributes: [{ key: "service.name", value: { stringValue: service } }],
});

function servicesOf(order: readonly string[]): readonly string[] {
  const table = new SpanTable();
  order.forEach((service, at) =>
    table.admit(traceId, deriveFacts(span, JSON.stringify(span), from(service), undefined), at + 1, 0),
  );
  return summarise(table, { id: traceId, lastArrival: "0", watchers: 0 }).services;
}

// spec: ID-7
test("a span under two resources is shown under the same one in any order of arrival", () => {
  expect(servicesOf(["a", "b"])).toHaveLength(1);
  expect(servicesOf(["a", "b"])).toEqual(servicesOf(["b", "a"]));
});
