import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { Plan, Step, Strike } from "./faults.ts";
import { Faults, STRIKES } from "./faults.ts";
import type { Sent } from "./spans.ts";
import { someSpans, traceIdOf } from "./spans.ts";
import { Viewer } from "./viewer.ts";
import {
  deliver,
  emptyWorld,
  listed,
  pass,
  readSession,
  readTrace,
  request,
  rest,
  rowsOf,
  spansOf,
  stopClock,
} from "./world.ts";

const TRACE = traceIdOf("trace");
const OTHER = traceIdOf("other");

type Happening = readonly Sent["span"][] | { readonly forget: string; readonly traces: readonly string[] };

/** What exporters and people do, one after the other, and where each trace is to be in the end. */
const SCENARIOS: Readonly<
  Record<string, { readonly story: readonly Happening[]; readonly ends: Readonly<Record<string, string>> }>
> = {
  "a name that comes late moves the trace to its session": {
    story: [someSpans(TRACE, 1, 2), someSpans(TRACE, 3, 2, { "session.id": "A" }), someSpans(TRACE, 5, 2)],
    ends: { [TRACE]: "A" },
  },
  "better names move it again, from a conversation to a session to Ark's session": {
    story: [
      someSpans(TRACE, 1, 2, { "gen_ai.conversation.id": "C" }),
      someSpans(TRACE, 3, 2, { "session.id": "B" }),
      someSpans(TRACE, 5, 2, { "ark.session.id": "A" }),
    ],
    ends: { [TRACE]: "A" },
  },
  "the best name may be the first again": {
    story: [
      someSpans(TRACE, 1, 2, { "gen_ai.conversation.id": "A" }),
      someSpans(TRACE, 3, 2, { "session.id": "B" }),
      someSpans(TRACE, 5, 2, { "ark.session.id": "A" }),
    ],
    ends: { [TRACE]: "A" },
  },
  "a session named like another trace shows both": {
    story: [someSpans(OTHER, 1, 2), someSpans(TRACE, 1, 2, { "session.id": OTHER }), someSpans(OTHER, 3, 1)],
    ends: { [TRACE]: OTHER, [OTHER]: OTHER },
  },
  "two traces that name each other change places": {
    story: [
      someSpans(OTHER, 1, 2),
      someSpans(TRACE, 1, 2, { "session.id": OTHER }),
      someSpans(OTHER, 3, 2, { "session.id": TRACE }),
    ],
    ends: { [TRACE]: OTHER, [OTHER]: TRACE },
  },
  "a trace that names itself comes home, after it was elsewhere": {
    story: [
      someSpans(TRACE, 1, 2),
      someSpans(TRACE, 3, 2, { "session.id": "A" }),
      someSpans(TRACE, 5, 2, { "ark.session.id": TRACE }),
      someSpans(TRACE, 7, 1),
    ],
    ends: { [TRACE]: TRACE },
  },
  "an old session is forgotten while its trace is elsewhere": {
    story: [
      someSpans(OTHER, 1, 2, { "session.id": "C" }),
      someSpans(TRACE, 1, 2, { "gen_ai.conversation.id": "C" }),
      someSpans(TRACE, 3, 2, { "session.id": "B" }),
      { forget: "C", traces: [OTHER] },
    ],
    ends: { [TRACE]: "B" },
  },
  "a session is forgotten right after its trace came: no older session shows it again": {
    story: [
      someSpans(TRACE, 1, 2, { "gen_ai.conversation.id": "C" }),
      someSpans(TRACE, 3, 2, { "session.id": "B" }),
      { forget: "B", traces: [TRACE] },
    ],
    ends: {},
  },
  "spans that come after a session was forgotten begin a new life": {
    story: [
      someSpans(TRACE, 1, 2, { "session.id": "A" }),
      { forget: "A", traces: [TRACE] },
      someSpans(TRACE, 3, 2, { "session.id": "A" }),
    ],
    ends: { [TRACE]: "A" },
  },
};

const IDS = [TRACE, OTHER, "A", "B", "C"];

let faults: Faults;
beforeAll(async () => {
  faults = await Faults.install();
});
afterAll(() => faults.remove());
beforeEach(() => {
  stopClock();
  // Each fault is warned of.
  vi.spyOn(console, "warn").mockReturnValue();
  vi.spyOn(console, "error").mockReturnValue();
});
afterEach(() => faults.end());

describe.each(Object.keys(SCENARIOS))("%s", (name) => {
  test("where nothing goes wrong", async () => {
    await run(name, () => undefined);
  });

  test("whichever step a fault strikes", { timeout: 120_000 }, async () => {
    const steps = await run(name, () => undefined);
    for (const [at, step] of steps.entries()) {
      for (const strike of strikesAt(step, at + name.length, SCENARIOS[name]?.story ?? [])) {
        const about = `step ${at + 1}, ${step.kind} ${step.object} ${step.method}: ${strike}`;
        await run(name, (now, number) => (number === at + 1 && now.kind === step.kind ? strike : undefined), about);
      }
    }
  });
});

/** Each step suffers one of so many faults in each scenario: all of them in all scenarios take minutes. 1 tries all. */
const ONE_OF: number = 5;

/** And each call arrives late once: nothing else tries what only an order of calls can break. */
function strikesAt({ kind, method }: Step, turn: number, story: readonly Happening[]): readonly Strike[] {
  // What brings spans, and arrives when their session was forgotten meanwhile, brings it back: nothing is left that could know.
  const isSafe = !story.some((happening) => "forget" in happening) || (method !== "append" && method !== "receive");
  const late: readonly Strike[] = kind === "call" && isSafe ? ["it arrives late"] : [];
  const others = STRIKES[kind].filter((strike) => strike !== "it arrives late");
  return ONE_OF === 1 ? [...others, ...late] : [others[turn % others.length] ?? "it fails", ...late];
}

/** Plays a scenario in an empty world, and answers the steps that it took. */
async function run(name: string, plan: Plan, about = ""): Promise<readonly Step[]> {
  const { story, ends } = SCENARIOS[name] ?? { story: [], ends: {} };
  await emptyWorld();
  faults.follow(plan);
  let acknowledged: Sent["span"][] = [];
  for (const happening of story) {
    if ("forget" in happening) {
      await forget(happening.forget);
      acknowledged = acknowledged.filter((span) => !happening.traces.includes(span.traceId));
    } else {
      await deliver(happening);
      acknowledged.push(...happening);
    }
    await faults.quiet();
  }
  await rest(IDS);
  await faults.arrive();
  await rest(IDS);
  faults.end();
  await expectWhole(acknowledged, ends, about);
  return [...faults.steps];
}

/** Forgets a session as soon as there is one, and waits until nothing is left of it. */
async function forget(id: string): Promise<void> {
  let isBegun = false;
  for (let attempt = 0; attempt < 5; attempt++) {
    const { status } = await request(`/sessions/${id}`, { method: "DELETE" });
    pass(1);
    if (status === 204 || (status === 404 && isBegun)) return;
    // 503: whether it was begun was lost with the answer.
    if (status === 202 || status === 503) isBegun = true;
    await rest(IDS);
  }
  throw new Error(`${id} could not be forgotten`);
}

/** Each trace in one place, with every acknowledged span once: in its session, in its own view, and in the list. */
async function expectWhole(
  acknowledged: readonly Sent["span"][],
  ends: Readonly<Record<string, string>>,
  about: string,
): Promise<void> {
  const expected = Object.fromEntries(Object.values(ends).map((session) => [session, [] as string[]]));
  for (const { traceId, spanId } of acknowledged) expected[ends[traceId] ?? ""]?.push(`${traceId} ${spanId}`);
  const found: Record<string, string[]> = {};
  for (const id of IDS) {
    const session = await readSession(id);
    if (session === undefined) continue;
    found[id] = spansOf(session.resourceSpans).map(({ span }) => `${span.traceId} ${span.spanId}`);
  }
  expect(sorted(found), about).toEqual(sorted(expected));
  for (const id of IDS) {
    const chunks = await rowsOf<{ trace: string; trace_revision: number; kind: string }>(id, "chunk");
    const held = chunks.flatMap((row) => (row.kind === "spans" ? `${row.trace} ${row.trace_revision}` : []));
    expect(held, `${about}, each delivery once in the log of ${id}`).toHaveLength(new Set(held).size);
  }

  for (const [traceId, session] of Object.entries(ends)) {
    const trace = await readTrace(traceId);
    const spans = spansOf(trace?.resourceSpans ?? []).map(({ span }) => span.spanId);
    expect({ session: trace?.session, spans: spans.toSorted() }, about).toEqual({
      session,
      spans: acknowledged.flatMap((span) => (span.traceId === traceId ? [span.spanId] : [])).toSorted(),
    });
  }
  for (const id of Object.keys(expected)) {
    const viewer = new Viewer(id);
    await viewer.connect();
    await viewer.readUntil(({ event }) => event.type === "bookmark");
    await viewer.disconnect();
    const spans = Array.from(viewer.view.spans(), ({ traceId, span }) => `${traceId} ${span.spanId}`);
    expect(spans.toSorted(), `${about}, whoever watches ${id}`).toEqual(expected[id]?.toSorted());
  }

  const counts = Object.fromEntries((await listed("all")).map(({ id, spans }) => [id, spans]));
  expect(counts, `${about}, in the list`).toEqual(
    Object.fromEntries(Object.entries(expected).map(([id, spans]) => [id, spans.length])),
  );
}

function sorted(sessions: Readonly<Record<string, readonly string[]>>): Record<string, string[]> {
  return Object.fromEntries(Object.entries(sessions).map(([id, spans]) => [id, spans.toSorted()]));
}
