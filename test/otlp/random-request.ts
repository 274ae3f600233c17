import { pick } from "./random.ts";

type Random = () => number;

const STRINGS = [
  "",
  "gpt-4o",
  "naïve",
  "日本語のテキスト",
  "🙂🙃",
  '{"a":"b\\n"}',
  "\u0000\u001f\u007f\u2028",
  "<img onerror=1>",
  "__proto__",
  "constructor",
  "x".repeat(300),
  "\ufeff\ufffd",
];
const INTEGERS = ["0", "1", "-1", "42", "9007199254740993", "9223372036854775807", "-9223372036854775808"];
const DOUBLES = [0, 1.5, -2.25, 1e300, 5e-324, 0.1, 123456789.125, "NaN", "Infinity", "-Infinity"];
const TIMES = ["0", "1", "1795262400123456789", "18446744073709551615"];
const COUNTS = [0, 1, 7, 4294967295];

/** An ExportTraceServiceRequest in OTLP/JSON with any content that the specification allows. */
export function randomRequest(random: Random): unknown {
  return { resourceSpans: many(random, 3, () => randomResourceSpans(random)) };
}

function randomResourceSpans(random: Random): unknown {
  return some(random, {
    resource: { attributes: attributes(random), droppedAttributesCount: pick(random, COUNTS) },
    scopeSpans: many(random, 3, () => ({
      ...some(random, {
        scope: some(random, {
          name: pick(random, STRINGS),
          version: "1.0",
          attributes: attributes(random),
          droppedAttributesCount: pick(random, COUNTS),
        }),
        schemaUrl: pick(random, STRINGS),
      }),
      spans: many(random, 4, () => randomSpan(random)),
    })),
    schemaUrl: pick(random, STRINGS),
  });
}

/** An ExportLogsServiceRequest in OTLP/JSON with any content that the specification allows. */
export function randomLogsRequest(random: Random): unknown {
  return { resourceLogs: many(random, 3, () => randomResourceLogs(random)) };
}

function randomResourceLogs(random: Random): unknown {
  return some(random, {
    resource: { attributes: attributes(random), droppedAttributesCount: pick(random, COUNTS) },
    scopeLogs: many(random, 3, () => ({
      ...some(random, { scope: some(random, { name: pick(random, STRINGS) }), schemaUrl: pick(random, STRINGS) }),
      logRecords: many(random, 4, () => randomRecord(random)),
    })),
    schemaUrl: pick(random, STRINGS),
  });
}

/** A record with a trace id, with a session's name, or with neither: then it is rejected. */
function randomRecord(random: Random): unknown {
  const named = { key: "session.id", value: { stringValue: pick(random, STRINGS) } };
  return some(random, {
    timeUnixNano: pick(random, TIMES),
    observedTimeUnixNano: pick(random, TIMES),
    severityNumber: pick(random, [0, 1, 9, 24, 99, -1]),
    severityText: pick(random, STRINGS),
    body: anyValue(random, 0),
    attributes: random() < 0.5 ? attributes(random) : [named, ...attributes(random)],
    droppedAttributesCount: pick(random, COUNTS),
    flags: pick(random, COUNTS),
    traceId: pick(random, ["", "00000000000000000000000000000000", hex(random, 32)]),
    spanId: pick(random, ["", "0000000000000000", hex(random, 16)]),
    eventName: pick(random, STRINGS),
  });
}

function randomSpan(random: Random): unknown {
  return {
    traceId: hex(random, 32),
    spanId: hex(random, 16),
    ...some(random, {
      traceState: pick(random, STRINGS),
      parentSpanId: pick(random, ["", "0000000000000000", hex(random, 16)]),
      flags: pick(random, [0, 257, 769, 4294967295]),
      name: pick(random, STRINGS),
      kind: pick(random, [0, 1, 2, 5, 99, -1]),
      startTimeUnixNano: pick(random, TIMES),
      endTimeUnixNano: pick(random, TIMES),
      attributes: attributes(random),
      droppedAttributesCount: pick(random, COUNTS),
      events: many(random, 3, () =>
        some(random, {
          timeUnixNano: pick(random, TIMES),
          name: pick(random, STRINGS),
          attributes: attributes(random),
          droppedAttributesCount: pick(random, COUNTS),
        }),
      ),
      droppedEventsCount: pick(random, COUNTS),
      links: many(random, 3, () =>
        some(random, {
          traceId: hex(random, 32),
          spanId: hex(random, 16),
          traceState: pick(random, STRINGS),
          attributes: attributes(random),
          droppedAttributesCount: pick(random, COUNTS),
          flags: pick(random, COUNTS),
        }),
      ),
      droppedLinksCount: pick(random, COUNTS),
      status: some(random, { message: pick(random, STRINGS), code: pick(random, [0, 1, 2, 77]) }),
    }),
  };
}

function attributes(random: Random): unknown[] {
  return many(random, 4, () => keyValue(random, 0));
}

function keyValue(random: Random, depth: number): unknown {
  return some(random, { key: pick(random, STRINGS), value: anyValue(random, depth) });
}

function anyValue(random: Random, depth: number): unknown {
  const form = Math.floor(random() * (depth < 4 ? 8 : 6));
  if (form === 0) return {};
  if (form === 1) return { stringValue: pick(random, STRINGS) };
  if (form === 2) return { boolValue: random() < 0.5 };
  if (form === 3) return { intValue: pick(random, INTEGERS) };
  if (form === 4) return { doubleValue: pick(random, DOUBLES) };
  if (form === 5)
    return { bytesValue: Buffer.from(hex(random, 2 * Math.floor(random() * 5)), "hex").toString("base64") };
  if (form === 6) return { arrayValue: { values: many(random, 4, () => anyValue(random, depth + 1)) } };
  return { kvlistValue: { values: many(random, 4, () => keyValue(random, depth + 1)) } };
}

function many(random: Random, most: number, make: () => unknown): unknown[] {
  return Array.from({ length: Math.floor(random() * (most + 1)) }, make);
}

/** A random subset of the fields. */
function some(random: Random, fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(() => random() < 0.7));
}

/** Never all zeroes. */
function hex(random: Random, length: number): string {
  return Array.from({ length }, () => "123456789abcdef"[Math.floor(random() * 15)]).join("");
}
