/** A program as users write it, on the installed package. The argument says how it ends. */
import { agent, llm, query, recent, session, startTelemetry, tool } from "@spanfold/producer";

const telemetry = startTelemetry();
await session("rain-42", () =>
  query("forecast", { input: "Will it rain?" }, (question) =>
    agent("forecaster", {}, async (run) => {
      await tool("get_weather", {}, () => new Promise((resolve) => setTimeout(resolve, 20)));
      const request = { input: "Rain?" };
      await llm("claude-sonnet-4-5", request, async (call) => call.output("Yes").usage({ input: 2, output: 1 }));
      run.output("Yes");
      question.output("Yes");
    }),
  ),
);
console.log(
  recent()
    .map((span) => span.name)
    .join(),
);
// By then the fork is in the middle of a batch.
if (process.argv[2] === "ends") setTimeout(() => console.log("done"), 600);
else await telemetry.shutdown();
