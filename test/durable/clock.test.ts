import { beforeEach, expect, test } from "vitest";
import { deliveryOf } from "./deliveries.ts";
import { someSpans, traceIdOf } from "./spans.ts";
import { Viewer } from "./viewer.ts";
import * as world from "./world.ts";

const TRACE = traceIdOf("trace");
const OTHER = traceIdOf("other");
const IDS = [TRACE, OTHER, "A", "B"];
const HOUR = 3_600_000;

beforeEach(async () => {
  world.stopClock();
  await world.emptyWorld();
});

async function remove(id: string): Promise<void> {
  const { status } = await world.request(`/sessions/${id}`, { method: "DELETE" });
  expect(status).toBe(204);
}

/** Sessions of the list with their spans. */
async function listed(): Promise<Record<string, number>> {
  return Object.fromEntries((await world.listed("all")).map(({ id, spans }) => [id, spans]));
}

test("the list keeps up with a session after the clock was set back", async () => {
  await world.deliver(someSpans(TRACE, 1, 1));
  await world.rest(IDS);
  await world.deliver(someSpans(TRACE, 2, 1));
  world.pass(-HOUR);
  await world.deliver(someSpans(TRACE, 3, 1));
  await world.until(async () => (await listed())[TRACE] === 3);
});

test("the list shows a session that was deleted and began anew after the clock was set back", async () => {
  await world.deliver(someSpans(TRACE, 1, 2));
  await world.rest(IDS);
  await remove(TRACE);
  world.pass(-HOUR);
  await world.objectOf(TRACE).append("default", deliveryOf(someSpans(TRACE, 3, 1)));
  const viewer = new Viewer(TRACE);
  await viewer.connect();
  await world.rest(IDS);
  expect(await listed()).toEqual({ [TRACE]: 1 });
  // Its life is a later one now: a viewer of the one before goes on in it.
  const version = (await world.readSession(TRACE))?.resourceVersion;
  await viewer.readUntil(({ event }) => event.type === "bookmark" && event.resourceVersion === version);
  await viewer.disconnect();
  expect(viewer.view.summary()).toMatchObject({ spans: 1 });
});
