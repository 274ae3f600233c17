// AI SDK 7: @ai-sdk/otel makes the spans, and enrichSpan names the session.
import { OpenTelemetry } from "@ai-sdk/otel";
import { createOpenAI } from "@ai-sdk/openai";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { BatchSpanProcessor, NodeTracerProvider } from "@opentelemetry/sdk-trace-node";
import { registerTelemetry, stepCountIs, streamText, tool } from "ai";
import { z } from "zod";

const provider = new NodeTracerProvider({ spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())] });
provider.register();
registerTelemetry(
  new OpenTelemetry({
    agentSpanName: "functionId",
    enrichSpan: ({ runtimeContext }) => ({
      "session.id": runtimeContext?.sessionId,
      "user.id": runtimeContext?.userId,
    }),
  }),
);

const openai = createOpenAI();
const tools = {
  get_weather: tool({
    description: "The weather in a city.",
    inputSchema: z.object({ city: z.string() }),
    execute: ({ city }) => {
      if (city === "Atlantis") throw new Error(`city not found: ${city}`);
      return { report: `18 °C and sunny in ${city}` };
    },
  }),
};

const messages = [];
for (const content of ["What is the weather in Paris?", "And in Atlantis?"]) {
  messages.push({ role: "user", content });
  const result = streamText({
    model: openai.chat("gpt-5.2"),
    instructions: "You answer questions about the weather.",
    messages,
    tools,
    stopWhen: stepCountIs(4),
    runtimeContext: { sessionId: "weather-talk", userId: "ada" },
    telemetry: { functionId: "weather", includeRuntimeContext: { sessionId: true, userId: true } },
  });
  await result.consumeStream();
  messages.push(...(await result.response).messages);
}
await provider.shutdown();
