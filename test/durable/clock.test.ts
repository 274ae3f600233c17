import { beforeEach, expect, test } from "vitest";
import { someSpans, traceIdOf } from "./spans.ts";
import * as world from "./world.ts";

const TRACE = traceIdOf("trace");
const OTHER = traceIdOf("other");
const IDS = [TRACE, OTHER, "A", "B"];
const HOUR = 3_600_000;

beforeEach(async () => {
  world.stopClock();
  await world.emptyWorld();
});

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
