// AI SDK 4 to 6: experimental_telemetry in each call.
import { createOpenAI } from "@ai-sdk/openai";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { BatchSpanProcessor, NodeTracerProvider } from "@opentelemetry/sdk-trace-node";
import { stepCountIs, streamText, tool } from "ai";
import { z } from "zod";

const provider = new NodeTracerProvider({ spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())] });
provider.register();

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
    system: "You answer questions about the weather.",
    messages,
    tools,
    stopWhen: stepCountIs(4),
    experimental_telemetry: {
      isEnabled: true,
      functionId: "weather",
      metadata: { sessionId: "weather-talk", userId: "ada" },
    },
  });
  await result.consumeStream();
  messages.push(...(await result.response).messages);
}
await provider.shutdown();
