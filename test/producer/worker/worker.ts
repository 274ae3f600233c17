/** A Worker that traces its requests. Its variables name the receivers. */
import { agent, currentTrace, session, startTelemetry, tool, withSpan } from "../../../packages/producer/src/index.ts";
import type { Telemetry } from "../../../packages/producer/src/index.ts";

let telemetry: Telemetry | undefined;

const worker = {
  async fetch(request: Request, env: object, context: { waitUntil: (work: Promise<void>) => void }): Promise<Response> {
    telemetry ??= startTelemetry(env);
    const { pathname } = new URL(request.url);
    const answer = await session(`worker${pathname}`, () =>
      withSpan(`GET ${pathname}`, {}, () =>
        agent("clerk", { input: pathname }, async (run) => {
          await tool("wait", {}, () => new Promise((resolve) => setTimeout(resolve, 5)));
          run.output("done");
          return currentTrace()?.traceparent ?? "none";
        }),
      ),
    );
    context.waitUntil(telemetry.flush());
    return new Response(answer);
  },
};

export default worker;
