import { afterAll, afterEach, beforeAll, beforeEach, expect, vi } from "vitest";
import { DEFAULT_RETENTION, retentionSlack } from "../../src/session/contract/retention.ts";
import { Faults } from "./faults.ts";
import type { Choice, Plan } from "./faults.ts";
import { someSpans, traceIdOf } from "./spans.ts";
import * as world from "./world.ts";

const OLD = traceIdOf("old");
const YOUNG = traceIdOf("young");
const OTHER = traceIdOf("other");
const IDS = [OLD, YOUNG, OTHER, "A", "B"];

const DAY = 86_400_000;
const MAX_AGE = DEFAULT_RETENTION.maxAge ?? 0;
const EXPIRED = MAX_AGE + retentionSlack(MAX_AGE);

/** Whether the session has a young trace and stays, or has none and goes. */
type Rest = "stays" | "goes";

let faults: Faults;

/** Installs the hooks of the tests that play the scenario. */
export function installFaults(): void {
  beforeAll(async () => {
    faults = await Faults.install();
  });
  afterAll(() => faults.remove());
  beforeEach(() => {
    vi.spyOn(console, "warn").mockReturnValue();
    vi.spyOn(console, "error").mockReturnValue();
  });
  afterEach(() => faults.end());
}

/** Plays the scenario once for each chosen fault at each of its steps. Afterwards the old traces are gone, and no others. */
export async function strikeExpiry(rest: Rest, choose: Choice): Promise<void> {
  const steps = await play(() => undefined, rest);
  for (const [at, step] of steps.entries()) {
    for (const strike of choose(step, at + 1)) {
      await play((now, number) => (number === at + 1 && now.kind === step.kind ? strike : undefined), rest);
      await expectExpired(rest, `step ${at + 1}, ${step.kind} ${step.object} ${step.method}: ${strike}`);
    }
  }
}

/** Two traces of A expire, one of which was B's before; YOUNG stays, or there is none. Answers the steps of the expiry. */
async function play(plan: Plan, rest: Rest) {
  await world.emptyWorld();
  faults.follow(() => undefined);
  await world.deliver(someSpans(OLD, 1, 2, { "gen_ai.conversation.id": "B" }));
  await world.deliver(someSpans(OLD, 3, 1, { "session.id": "A" }));
  await world.deliver(someSpans(OTHER, 1, 2, { "session.id": "A" }));
  if (rest === "stays") {
    world.pass(5 * DAY);
    await world.deliver(someSpans(YOUNG, 1, 2, { "session.id": "A" }));
  }
  await world.rest(IDS);
  world.pass(rest === "stays" ? EXPIRED - 5 * DAY : EXPIRED);
  faults.follow(plan);
  await world.fireAlarm("A");
  await faults.quiet();
  await world.rest(IDS);
  await faults.arrive();
  await world.rest(IDS);
  faults.end();
  return [...faults.steps];
}

async function expectExpired(rest: Rest, about: string): Promise<void> {
  const found = Object.fromEntries((await world.listed("all")).map(({ id, spans }) => [id, spans]));
  expect(found, about).toEqual(rest === "stays" ? { A: 2 } : {});
  expect((await world.readSession("A"))?.session.spans, about).toBe(rest === "stays" ? 2 : undefined);
  expect(await world.tables(OLD), about).toEqual([]);
  expect(await world.tables(OTHER), about).toEqual([]);
  if (rest === "goes") expect(await world.tables("A"), about).toEqual([]);
  else expect(world.spansOf((await world.readTrace(YOUNG))?.resourceSpans ?? []), about).toHaveLength(2);
}
