import { context, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { OTLPTraceExporter as GrpcExporter } from "@opentelemetry/exporter-trace-otlp-grpc";
import { OTLPTraceExporter as JsonExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { OTLPTraceExporter as ProtobufExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, NodeTracerProvider, type SpanExporter } from "@opentelemetry/sdk-trace-node";
import { expect, test } from "vitest";
import type { KeyValue } from "../../src/otel/span.ts";
import { startProgram, temporaryDirectory } from "./program.ts";
import { eventually, type Export, getJson, type SessionAnswer, type SessionList, spansOf } from "./read-back.ts";

const exporters: Record<string, (url: string, grpcUrl: string) => SpanExporter> = {
  JSON: (url) => new JsonExporter({ url }),
  "JSON, gzip": (url) => new JsonExporter({ url, compression: "gzip" as never }),
  protobuf: (url) => new ProtobufExporter({ url }),
  "protobuf, gzip": (url) => new ProtobufExporter({ url, compression: "gzip" as never }),
  gRPC: (_, url) => new GrpcExporter({ url }),
  "gRPC, gzip": (_, url) => new GrpcExporter({ url, compression: "gzip" as never }),
};

/** An agent that calls a failing tool. Its spans use all fields that the SDK can write. */
async function emit(exporter: SpanExporter, session: string): Promise<void> {
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ "service.name": "weather-bot" }),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });
  const tracer = provider.getTracer("bot", "1.2.3");
  const agent = tracer.startSpan("invoke_agent", {
    attributes: { "session.id": session, "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "forecaster" },
  });
  const tool = tracer.startSpan(
    "execute_tool",
    {
      kind: SpanKind.CLIENT,
      attributes: {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": "get_weather",
        text: "Zürich ☂ <b>",
        whole: 9_007_199_254_740_991,
        fraction: 0.1,
        yes: true,
        list: ["a", "b"],
        empty: "",
      },
      links: [{ context: agent.spanContext(), attributes: { why: "retry" } }],
    },
    trace.setSpan(context.active(), agent),
  );
  tool.addEvent("asked", { attempt: 1 });
  tool.recordException(new TypeError("no such town"));
  tool.setStatus({ code: SpanStatusCode.ERROR, message: "no such town" });
  tool.end();
  agent.end();
  await provider.shutdown();
}

function attributesOf(attributes: readonly KeyValue[] | undefined): Record<string, unknown> {
  return Object.fromEntries((attributes ?? []).map(({ key, value }) => [key, value]));
}

test("spans of real exporters are complete, and survive a restart", async () => {
  const DATA_DIR = await temporaryDirectory();
  const program = await startProgram({ DATA_DIR, GRPC_PORT: "0" });

  for (const [encoding, open] of Object.entries(exporters)) {
    const session = `with ${encoding}`;
    await emit(open(`${program.url}/v1/traces`, `http://127.0.0.1:${program.grpcPort}`), session);

    const path = `/sessions/${encodeURIComponent(session)}`;
    const answer = await eventually(() => getJson<SessionAnswer>(program.url, path));
    expect(answer.session).toMatchObject({
      id: session,
      kind: "session",
      spans: 2,
      errors: 1,
      traces: 1,
      services: ["weather-bot"],
      agents: [{ name: "forecaster" }],
      tools: [{ name: "get_weather", calls: 1, errors: 1 }],
    });
    expect(answer.queries.map(({ name, phase }) => ({ name, phase }))).toEqual([
      { name: "invoke_agent", phase: "done" },
    ]);

    const exported = await getJson<Export>(program.url, `${path}/otlp`);
    const spans = new Map(spansOf(exported).map((span) => [span.name, span]));
    const [agent, tool] = [spans.get("invoke_agent"), spans.get("execute_tool")];
    expect(Array.from(spans.keys(), String).toSorted(), encoding).toEqual(["execute_tool", "invoke_agent"]);
    expect(tool, encoding).toMatchObject({
      traceId: agent?.traceId,
      parentSpanId: agent?.spanId,
      kind: 3,
      status: { code: 2, message: "no such town" },
      links: [{ spanId: agent?.spanId, attributes: [{ key: "why", value: { stringValue: "retry" } }] }],
    });
    expect(attributesOf(tool?.attributes), encoding).toMatchObject({
      text: { stringValue: "Zürich ☂ <b>" },
      whole: { intValue: "9007199254740991" },
      fraction: { doubleValue: 0.1 },
      yes: { boolValue: true },
      list: { arrayValue: { values: [{ stringValue: "a" }, { stringValue: "b" }] } },
      empty: { stringValue: "" },
    });
    expect(
      tool?.events?.map((event) => event.name),
      encoding,
    ).toEqual(["asked", "exception"]);
    expect(attributesOf(tool?.events?.[1]?.attributes), encoding).toMatchObject({
      "exception.type": { stringValue: "TypeError" },
      "exception.message": { stringValue: "no such town" },
    });
    expect(exported.resourceSpans[0]?.scopeSpans?.[0]?.scope, encoding).toEqual({ name: "bot", version: "1.2.3" });
  }

  const listed = async (url: string) => {
    const { sessions } = await getJson<SessionList>(url, "/sessions");
    return sessions.map(({ id, spans, errors }) => ({ id, spans, errors }));
  };
  const expected = Object.keys(exporters).map((encoding) => ({ id: `with ${encoding}`, spans: 2, errors: 1 }));
  await eventually(async () => expect(await listed(program.url)).toEqual(expected.toReversed()));

  expect(await program.stop()).toBe(0);
  const again = await startProgram({ DATA_DIR });
  expect(await listed(again.url)).toEqual(expected.toReversed());
  const kept = await getJson<Export>(again.url, `/sessions/${encodeURIComponent("with protobuf, gzip")}/otlp`);
  expect(spansOf(kept)).toHaveLength(2);
});
