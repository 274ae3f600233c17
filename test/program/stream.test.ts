import { expect, onTestFinished, test } from "vitest";
import { decodeSessionEvent } from "../../src/client/decode-event.ts";
import { openEventStream } from "../../src/client/event-stream.ts";
import { headless } from "../../src/client/platform.ts";
import { freePort } from "./free-port.ts";
import { startProgram, temporaryDirectory } from "./program.ts";
import { eventually, type Export, getJson, spansOf } from "./read-back.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";

/** One delivery of ten spans. The third delivery names the session of the trace. */
async function post(url: string, delivery: number): Promise<void> {
  const spans = Array.from({ length: 10 }, (_, index) => ({
    traceId: TRACE,
    spanId: (delivery * 10 + index + 1).toString(16).padStart(16, "0"),
    name: `tool.${delivery}`,
    startTimeUnixNano: `17000000000000${delivery.toString().padStart(5, "0")}`,
    endTimeUnixNano: `17000000000000${(delivery + 1).toString().padStart(5, "0")}`,
    attributes: [{ key: "session.id", value: { stringValue: "watched" } }],
  }));
  const response = await fetch(`${url}/v1/traces`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }),
  });
  expect(response.status).toBe(200);
}

// spec: STREAM-4
test("a client that stays open over a kill of the program has each span once", async () => {
  const environment = { DATA_DIR: await temporaryDirectory(), PORT: String(await freePort()) };
  const program = await startProgram(environment);
  for (const delivery of [0, 1, 2]) await post(program.url, delivery);
  // The session is there a moment after its trace, and this client does not wait for one that is missing.
  await eventually(() => getJson(program.url, "/sessions/watched"));

  const ids: string[] = [];
  const spanIds: string[] = [];
  const types: string[] = [];
  const states: string[] = [];
  const stream = openEventStream(
    {
      url: () => `${program.url}/sessions/watched`,
      decode: decodeSessionEvent,
      kind: "watch",
      whenMissing: "give-up",
      onState: ({ state }) => states.push(state),
      onEvents(received) {
        for (const { event, id } of received) {
          types.push(event.type);
          if (id !== undefined) ids.push(id);
          if (event.type === "spans") spanIds.push(...spansOf(event).map((span) => span.spanId));
        }
      },
    },
    headless,
  );
  onTestFinished(() => stream.close());
  await expect.poll(() => spanIds.length).toBeGreaterThan(0);
  for (const delivery of [3, 4, 5]) await post(program.url, delivery);
  // The kill ends the stream at an arbitrary event.
  await program.kill();
  await expect.poll(() => states.at(-1)).toBe("reconnecting");

  const again = await startProgram(environment);
  for (const delivery of [6, 7, 8]) await post(again.url, delivery);
  await expect.poll(() => [spanIds.length, states.at(-1)]).toEqual([90, "live"]);

  expect(types).not.toContain("reset");
  const exported = spansOf(await getJson<Export>(again.url, "/sessions/watched/otlp")).map((span) => span.spanId);
  expect(exported).toHaveLength(90);
  expect(spanIds.toSorted()).toEqual(exported.toSorted());
  expect(new Set(ids).size).toBe(ids.length);
});
