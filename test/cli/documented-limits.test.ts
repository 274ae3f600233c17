import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { SESSION_SPANS, SESSION_TRACES } from "../../src/durable/session/limits.ts";
import { MAX_AROUND } from "../../src/otlp/import/halves.ts";
import { DEFAULT_RETENTION } from "../../src/session/contract/retention.ts";
import * as limits from "../../src/otlp/limits.ts";
import { EXPORT_SECONDS, RATE_BYTES, RATE_SECONDS } from "../../src/otlp/pace.ts";
import { BODIES_IN_FLIGHT, IMPORTS_IN_FLIGHT } from "../../src/routes/receive/body-budget.ts";

const page = readFileSync(join(import.meta.dirname, "..", "..", "docs", "otlp.md"), "utf8");

/** The middle cell of the table's row with this first cell. */
function documented(row: string): string {
  const line = page.split("\n").find((text) => text.startsWith(`| ${row} |`));
  return line?.split("|")[2]?.trim() ?? `no row "${row}"`;
}

const MIB = 1024 * 1024;
const figure = (value: number) => value.toLocaleString("en");

test.each([
  ["body, after inflation", `${limits.MAX_PROTOBUF_BODY / MIB} MiB protobuf, ${limits.MAX_JSON_BODY / MIB} MiB JSON`],
  ["bodies of exports in flight in one isolate: the bytes that have arrived", `${BODIES_IN_FLIGHT / MIB} MiB`],
  ["files of imports in flight: the bytes that have arrived and are not stored yet", `${IMPORTS_IN_FLIGHT / MIB} MiB`],
  ["time for the body of an export to arrive", `${EXPORT_SECONDS} s`],
  [
    "minimum rate of a body or file while the receiver waits for it",
    `${figure(RATE_BYTES)} bytes in ${RATE_SECONDS} s`,
  ],
  ["the text around the spans of a file's element that is too large for one request", `${MAX_AROUND / MIB} MiB`],
  ["braces, brackets, colons and commas of a JSON body", figure(limits.MAX_JSON_TOKENS)],
  ["JSON text of a request", `${limits.MAX_REQUEST_TEXT / MIB} Mi characters`],
  ["spans, log records, or spans in log records, a request", figure(limits.MAX_SPANS)],
  ["traces a request; of logs, traces and sessions", figure(limits.MAX_TRACES)],
  ["JSON text of one span or log record, without its large values", `${limits.MAX_SPAN_TEXT / MIB} Mi characters`],
  ["depth of a value", figure(limits.MAX_VALUE_DEPTH)],
  ["values of a span or log record, at every level", figure(limits.MAX_VALUES)],
  ["attributes of a span, log record, event, link, resource, scope", figure(limits.MAX_ATTRIBUTES)],
  ["events of a span, links of a span", figure(limits.MAX_EVENTS)],
  ["a value", `${limits.MAX_VALUE / MIB} MiB`],
  ["spans and log records a session, with the spans derived from records", figure(SESSION_SPANS)],
  ["traces a session", figure(SESSION_TRACES)],
  ["bytes a session", `${DEFAULT_RETENTION.sessionBytes / 1e9} GB`],
])("docs/otlp.md states the limit: %s", (row, value) => {
  expect(documented(row)).toBe(value);
});
