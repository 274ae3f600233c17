import { expect, test } from "vitest";
import { agent, llm, query, session, startTelemetry, team, tool, turn } from "../../packages/producer/src/index.ts";
import { startProgram, temporaryDirectory } from "../program/program.ts";
import { eventually, getJson, spansOf } from "../program/read-back.ts";
import type { Export, SessionAnswer } from "../program/read-back.ts";

/** A team's work on a question: its second tool call fails, and the agent goes on. */
function answerQuestion(): Promise<string> {
  return query("forecast", { input: "Will it rain in Zürich?", namespace: "weather" }, (question) =>
    team("meteorologists", { strategy: "sequential", members: 1 }, () =>
      turn(0, { member: "forecaster", memberType: "agent" }, (round) =>
        agent("forecaster", { input: "Will it rain in Zürich?" }, async (run) => {
          const request = { provider: "anthropic", system: "Be brief.", input: "Will it rain in Zürich?" };
          await llm("claude-sonnet-4-5", request, (call) => {
            const parts = [{ type: "tool_call", id: "call_1", name: "get_weather", arguments: { town: "Zürich" } }];
            call.output([{ role: "assistant", parts }]);
            call.usage({ input: 1_200, output: 30, cached: 1_000 });
            call.response({ model: "claude-sonnet-4-5-20250929", finishReasons: ["tool_use"] });
            return Promise.resolve();
          });
          const found = tool("get_weather", { id: "call_1", input: { town: "Zürich" }, type: "http" }, (call) => {
            const weather = { sky: "☂", degrees: 8 };
            call.output(weather);
            return weather;
          });
          await tool("get_radar", { id: "call_2" }, () => Promise.reject(new TypeError("no radar"))).catch(() => {});
          const answer = `Yes: ${found.sky}`;
          await llm("claude-sonnet-4-5", { input: [{ role: "user", content: "Will it rain?" }] }, async (call) => {
            call.output(answer).usage({ input: 1_300, output: 10 });
          });
          for (const span of [run, round, question]) span.output(answer);
          return answer;
        }),
      ),
    ),
  );
}

test.each(["http/protobuf", "http/json", "grpc"])(
  "a session made with the kit is whole, sent as %s",
  async (protocol) => {
    const program = await startProgram({ DATA_DIR: await temporaryDirectory(), GRPC_PORT: "0" });
    const endpoint = protocol === "grpc" ? `127.0.0.1:${program.grpcPort}` : program.url;
    const env = { SPANFOLD_ENDPOINT: endpoint, SPANFOLD_PROTOCOL: protocol, OTEL_SERVICE_NAME: "weather-bot" };
    const telemetry = startTelemetry(env);
    expect(await session("rain", answerQuestion)).toBe("Yes: ☂");
    await telemetry.shutdown();

    const answer = await eventually(() => getJson<SessionAnswer>(program.url, "/sessions/rain"));
    expect(answer.session).toMatchObject({
      id: "rain",
      kind: "session",
      spans: 8,
      errors: 1,
      services: ["weather-bot"],
      agents: [{ name: "forecaster" }],
      tools: [
        { name: "get_radar", calls: 1, errors: 1 },
        { name: "get_weather", calls: 1, errors: 0 },
      ],
      tokens: { input: 2_500, output: 40, cached: 1_000 },
    });
    expect(answer.queries).toMatchObject([
      { name: "forecast", namespace: "weather", phase: "done", prompt: "Will it rain in Zürich?" },
    ]);

    const spans = spansOf(await getJson<Export>(program.url, "/sessions/rain/otlp"));
    const failed = spans.find(({ name }) => name === "tool.get_radar");
    expect(failed?.status).toEqual({ code: 2, message: "no radar" });
    expect(failed?.events?.map(({ name }) => name)).toEqual(["exception"]);

    const response = await fetch(`${program.url}/sessions/rain`, { headers: { accept: "text/markdown" } });
    expect(outlineOf(await response.text())).toMatchInlineSnapshot(`
    "## Turn 1: \`forecast\` · done · $0.0054
    **User**
    ### Team \`meteorologists\`
    #### Agent \`forecaster\`
    **System**
    **Tool** \`get_weather\` \`{"town":"Zürich"}\` → \`{"sky":"☂","degrees":8}\`
    **Tool** \`get_radar\`
    **Error** \`TypeError\`: \`no radar\`
    **User**
    **Model** \`claude-sonnet-4-5\` · 1,300 tokens in, 10 out"
  `);
  },
);

/** Headings and steps of a transcript, without durations. */
function outlineOf(markdown: string): string {
  // The first line says whether the session still waits for more.
  const [, ...lines] = markdown.split("\n").filter((line) => /^(?:#{2,} |\*\*)/.test(line));
  return lines.map((line) => line.replaceAll(/ · [\d.]+ (?:µs|ms|s)\b/g, "")).join("\n");
}
