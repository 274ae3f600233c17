import { createParser, type EventSourceMessage } from "eventsource-parser";
import { expect, test } from "vitest";
import type { ResourceSpans } from "../../src/otel/span.ts";
import { startProgram, temporaryDirectory } from "./program.ts";
import { type Export, getJson, spansOf } from "./read-back.ts";

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

type Watched = { readonly ids: string[]; readonly spanIds: string[]; readonly kinds: string[] };

/** Reads until `enough` returns true or the connection breaks. */
async function watch(
  url: string,
  lastEventId: string | undefined,
  enough: (seen: Watched) => boolean,
): Promise<Watched> {
  const seen: Watched = { ids: [], spanIds: [], kinds: [] };
  const response = await fetch(`${url}/sessions/watched`, {
    headers: { accept: "text/event-stream", ...(lastEventId === undefined ? {} : { "last-event-id": lastEventId }) },
  });
  expect(response.headers.get("content-type")).toMatch(/^text\/event-stream/);
  const onEvent = ({ event, id, data }: EventSourceMessage) => {
    seen.kinds.push(event ?? "");
    if (id !== undefined) seen.ids.push(id);
    if (event !== "spans") return;
    const { resourceSpans } = JSON.parse(data) as { resourceSpans: ResourceSpans[] };
    seen.spanIds.push(...spansOf({ resourceSpans }).map((span) => span.spanId));
  };
  const parser = createParser({ onEvent });
  const decoder = new TextDecoder();
  try {
    for await (const chunk of response.body ?? []) {
      parser.feed(decoder.decode(chunk, { stream: true }));
      if (enough(seen)) break;
    }
  } catch {
    // The program was killed. The events before that count.
  }
  return seen;
}

test("a viewer resumes after a kill of the program without gap or repeat", async () => {
  const DATA_DIR = await temporaryDirectory();
  const program = await startProgram({ DATA_DIR });
  for (const delivery of [0, 1, 2]) await post(program.url, delivery);

  const first = watch(program.url, undefined, () => false);
  for (const delivery of [3, 4, 5]) await post(program.url, delivery);
  // The kill ends the stream at an arbitrary event.
  await program.kill();
  const before = await first;
  expect(before.ids.length).toBeGreaterThan(0);

  const again = await startProgram({ DATA_DIR, PORT: program.port });
  const second = watch(again.url, before.ids.at(-1), (seen) => before.spanIds.length + seen.spanIds.length >= 90);
  for (const delivery of [6, 7, 8]) await post(again.url, delivery);
  const after = await second;

  expect(after.kinds).not.toContain("reset");
  const all = [...before.spanIds, ...after.spanIds];
  const exported = spansOf(await getJson<Export>(again.url, "/sessions/watched/otlp")).map((span) => span.spanId);
  expect(exported).toHaveLength(90);
  expect(all.toSorted()).toEqual(exported.toSorted());
  expect(new Set([...before.ids, ...after.ids]).size).toBe(before.ids.length + after.ids.length);
});
