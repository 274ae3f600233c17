// Mastra's own exporter for OpenTelemetry.
import { createOpenAI } from "@ai-sdk/openai";
import { Agent } from "@mastra/core/agent";
import { Mastra } from "@mastra/core/mastra";
import { createTool } from "@mastra/core/tools";
import { Observability } from "@mastra/observability";
import { OtelExporter } from "@mastra/otel-exporter";
import { z } from "zod";

const getWeather = createTool({
  id: "get_weather",
  description: "The weather in a city.",
  inputSchema: z.object({ city: z.string() }),
  execute: async (input) => {
    const city = input.city ?? input.context.city;
    if (city === "Atlantis") throw new Error(`city not found: ${city}`);
    return { report: `18 °C and sunny in ${city}` };
  },
});
const weather = new Agent({
  id: "weather",
  name: "weather",
  instructions: "You answer questions about the weather.",
  model: createOpenAI().chat("gpt-5.2"),
  tools: { get_weather: getWeather },
});
const endpoint = `${process.env.OTEL_EXPORTER_OTLP_ENDPOINT}/v1/traces`;
const exporter = new OtelExporter({ provider: { custom: { endpoint, protocol: "http/protobuf" } } });
const mastra = new Mastra({
  logger: false,
  agents: { weather },
  observability: new Observability({ configs: { otel: { serviceName: "weather-agent", exporters: [exporter] } } }),
});

const options = { tracingOptions: { metadata: { sessionId: "weather-talk", userId: "ada" } } };
const agent = mastra.getAgent("weather");
const first = [{ role: "user", content: "What is the weather in Paris?" }];
const answer = await agent.generate(first, options);
await agent.generate(
  [...first, { role: "assistant", content: answer.text }, { role: "user", content: "And in Atlantis?" }],
  options,
);
await mastra.shutdown();
