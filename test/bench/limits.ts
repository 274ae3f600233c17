import { randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import { MAX_JSON_BODY, MAX_JSON_TOKENS, MAX_PROTOBUF_BODY, MAX_SPANS, MAX_TRACES } from "../../src/otlp/limits.ts";
import type { Span } from "../../src/otel/span.ts";
import { Random } from "../session/seeded-random.ts";
import { Batch, newTraceId } from "./batch.ts";
import { Connection, requestHead } from "./connection.ts";
import { encodeProtobuf } from "./encode-protobuf.ts";
import type { Figure, Section } from "./figure.ts";
import { drive } from "./load.ts";
import { prose, realisticRequest } from "./realistic-spans.ts";
import { forgetPeak, memoryOf, settle } from "./workerd.ts";
import type { Bench } from "./workerd.ts";

type Case = {
  readonly name: string;
  readonly type: "json" | "protobuf";
  readonly coding?: "gzip";
  readonly body: () => Buffer;
};

/** Bodies as large as they are taken, ordinary and as bad as they can be, each the first of its kind that a fresh process gets. */
const CASES: readonly Case[] = [
  { name: "8 MiB of JSON, ordinary", type: "json", body: () => json(ordinary(8_600, 0), MAX_JSON_BODY) },
  { name: "8 MiB of JSON, as many tokens as it may have", type: "json", body: crowdedJson },
  { name: "8 MiB of JSON escapes", type: "json", body: escapedJson },
  {
    name: "16 MiB of protobuf, ordinary",
    type: "protobuf",
    body: () => cut(encodeProtobuf(ordinary(19_000, 48)), MAX_PROTOBUF_BODY),
  },
  { name: "protobuf, empty attributes", type: "protobuf", body: emptyAttributes },
  { name: "protobuf, large values", type: "protobuf", body: largeValues },
  {
    name: "as many traces as a request may have",
    type: "protobuf",
    body: () => encodeProtobuf(realisticRequest({ spans: MAX_TRACES * 2, traces: MAX_TRACES, seed: 3 })),
  },
  { name: "a bomb: 16 GiB in gzip's clothes", type: "protobuf", coding: "gzip", body: bomb },
];

export async function benchLimits(bench: Bench, _quick: boolean): Promise<Section> {
  const figures: Figure[] = [];
  for (const wanted of CASES) figures.push(await peakOf(bench, wanted));
  return {
    bench: "l",
    title: "memory at the limits of a body: the most that Worker and objects held together after a collection",
    figures,
  };
}

async function peakOf(bench: Bench, { name, type, coding, body }: Case): Promise<Figure> {
  const runtime = await bench.start("limits", { tracing: true });
  try {
    await warmUp(runtime.port);
    await settle(runtime.process);
    const rest = await memoryOf(runtime.process);
    await forgetPeak(runtime.process);
    runtime.heap.forget();
    const bytes = body();
    const contentType = type === "json" ? "application/json" : "application/x-protobuf";
    const more = coding === undefined ? "" : `Content-Encoding: ${coding}\r\n`;
    const connection = await Connection.open(runtime.port);
    const begun = performance.now();
    const answer = await connection.send(
      Buffer.concat([requestHead("/v1/traces", contentType, bytes.length, more), bytes]),
    );
    const seconds = (performance.now() - begun) / 1_000;
    connection.close();
    const { peak } = await memoryOf(runtime.process);
    const said = answer.text
      .replaceAll(/[^\x20-\x7e]+/g, " ")
      .trim()
      .slice(0, 80);
    const rose = (peak - rest.now) / 1_024;
    const { peak: held } = runtime.heap;
    return {
      name,
      value: held === 0 ? rose : held / 1_024,
      unit: "MB",
      detail: [
        held === 0
          ? "nothing was collected: this is the rise of the process"
          : `the process rose by ${rose.toFixed(0)} MB`,
        `body ${(bytes.length / 1e6).toFixed(1)} MB`,
        `answered ${answer.status} in ${seconds.toFixed(1)} s${said === "" || said === "{}" ? "" : ` (${said})`}`,
      ].join("; "),
    };
  } finally {
    await runtime.stop();
    await bench.forget("limits");
  }
}

async function warmUp(port: number): Promise<void> {
  const batch = new Batch({ encoding: "json", spans: 100, traces: 1, session: false });
  batch.setTraces([newTraceId()]);
  await drive({
    port,
    connections: 1,
    until: { requests: 100 },
    next: () => {
      batch.renewSpans();
      return batch.request;
    },
  });
}

/** With so many words more on each span. */
function ordinary(spans: number, words: number) {
  const request = realisticRequest({ spans, traces: 4, seed: 2 });
  if (words === 0) return request;
  const random = new Random(4);
  const all = request.resourceSpans.flatMap(
    ({ scopeSpans }) => scopeSpans?.flatMap((scope) => scope.spans ?? []) ?? [],
  );
  const longer = (span: Span): Span => ({
    ...span,
    attributes: [...(span.attributes ?? []), { key: "notes", value: { stringValue: prose(random, words) } }],
  });
  return requestOf(all.map(longer));
}

/** Spaces at the end of a JSON text mean nothing. */
function json(request: unknown, length: number): Buffer {
  const text = Buffer.from(JSON.stringify(request));
  return cut(Buffer.concat([text, Buffer.alloc(Math.max(0, length - text.length), " ")]), length);
}

function cut(bytes: Buffer, length: number): Buffer {
  if (bytes.length > length) throw new Error(`the bench's body has ${bytes.length} bytes, more than ${length}`);
  return bytes;
}

function spanOf(attributes: Span["attributes"]): Span {
  return {
    traceId: "0123456789abcdef0123456789abcdef",
    spanId: randomBytes(8).toString("hex"),
    startTimeUnixNano: "1",
    endTimeUnixNano: "2",
    ...(attributes === undefined ? {} : { attributes }),
  };
}

function requestOf(spans: readonly Span[]) {
  return { resourceSpans: [{ scopeSpans: [{ spans }] }] };
}

/** Tokens of a span without attributes, and of one attribute with the comma behind it. */
const SPAN_TOKENS = 16;
const ATTRIBUTE_TOKENS = 6;

/** Objects and lists in the fewest characters that still make attributes. */
function crowdedJson(): Buffer {
  const each = Math.floor((MAX_JSON_TOKENS / MAX_SPANS - SPAN_TOKENS) / ATTRIBUTE_TOKENS);
  const attributes = Array.from({ length: each }, () => ({ key: "", value: {} }));
  return json(requestOf(Array.from({ length: MAX_SPANS }, () => spanOf(attributes))), MAX_JSON_BODY);
}

/** Six bytes for each unit of text, and two for each in memory. */
function escapedJson(): Buffer {
  const text = "\u0001".repeat(1_300);
  const attributes = Array.from({ length: 1_000 }, (_, at) => ({ key: String(at), value: { stringValue: text } }));
  return json(requestOf([spanOf(attributes)]), MAX_JSON_BODY);
}

/** Two bytes that become 22 characters each. */
function emptyAttributes(): Buffer {
  const attributes = Array.from({ length: 1_000 }, () => ({ key: "" }));
  return cut(encodeProtobuf(requestOf(Array.from({ length: 1_400 }, () => spanOf(attributes)))), MAX_PROTOBUF_BODY);
}

/** Each is kept beside its span, compressed, and none can be. */
function largeValues(): Buffer {
  const attributes = Array.from({ length: 15 }, (_, at) => ({
    key: String(at),
    value: { stringValue: randomBytes(500_000).toString("hex") },
  }));
  return cut(encodeProtobuf(requestOf([spanOf(attributes)])), MAX_PROTOBUF_BODY);
}

function bomb(): Buffer {
  const member = gzipSync(Buffer.alloc(64 * 1024 * 1024), { level: 9 });
  return Buffer.concat(Array.from({ length: 200 }, () => member));
}
