import { afterAll, afterEach, beforeAll, beforeEach, expect, vi } from "vitest";
import type { Choice, Plan, Step } from "./faults.ts";
import { Faults } from "./faults.ts";
import type { Sent, Attributes } from "./spans.ts";
import { traceIdForSession } from "../../src/otlp/logs/group-records.ts";
import type { LogRecord } from "../../src/otel/log-record.ts";
import { aRecord, recordsOf } from "./log-records.ts";
import { someSpans, traceIdOf } from "./spans.ts";
import { Viewer } from "./viewer.ts";
import type { Snapshot } from "./world.ts";
import {
  deliver,
  deliverLogs,
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

type Happening =
  | readonly Sent["span"][]
  | { readonly records: readonly LogRecord[] }
  | { readonly deletes: string; readonly traces: readonly string[] };

/** An acknowledged span or log record: its trace or owner, and its key there. */
type Item = { readonly traceId: string; readonly key: string };

/** The owner of records that name session A and no trace. */
const OWNER = traceIdForSession("A");

function someRecords(traceId: string | undefined, bodies: readonly string[], attributes: Attributes = {}): Happening {
  const about = traceId === undefined ? {} : { traceId };
  return { records: bodies.map((body, at) => aRecord(body, at, about, attributes)) };
}

/** Exports and deletions, one after the other, and the session that each trace has in the end. */
export const SCENARIOS: Readonly<
  Record<string, { readonly story: readonly Happening[]; readonly ends: Readonly<Record<string, string>> }>
> = {
  "a trace is its own session, also after it was deleted": {
    story: [
      someSpans(TRACE, 1, 1),
      someSpans(TRACE, 2, 3),
      { deletes: TRACE, traces: [TRACE] },
      someSpans(TRACE, 5, 2),
      someSpans(TRACE, 7, 1),
    ],
    ends: { [TRACE]: TRACE },
  },
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
  "a trace that names itself returns to its owner after it was elsewhere": {
    story: [
      someSpans(TRACE, 1, 2),
      someSpans(TRACE, 3, 2, { "session.id": "A" }),
      someSpans(TRACE, 5, 2, { "ark.session.id": TRACE }),
      someSpans(TRACE, 7, 1),
    ],
    ends: { [TRACE]: TRACE },
  },
  "an old session is deleted while its trace is elsewhere": {
    story: [
      someSpans(OTHER, 1, 2, { "session.id": "C" }),
      someSpans(TRACE, 1, 2, { "gen_ai.conversation.id": "C" }),
      someSpans(TRACE, 3, 2, { "session.id": "B" }),
      { deletes: "C", traces: [OTHER] },
    ],
    ends: { [TRACE]: "B" },
  },
  "a session is deleted right after its trace arrived: no older session shows it again": {
    story: [
      someSpans(TRACE, 1, 2, { "gen_ai.conversation.id": "C" }),
      someSpans(TRACE, 3, 2, { "session.id": "B" }),
      { deletes: "B", traces: [TRACE] },
    ],
    ends: {},
  },
  "spans that arrive after a session was deleted begin a new generation": {
    story: [
      someSpans(TRACE, 1, 2, { "session.id": "A" }),
      { deletes: "A", traces: [TRACE] },
      someSpans(TRACE, 3, 2, { "session.id": "A" }),
    ],
    ends: { [TRACE]: "A" },
  },
  "log records move with their trace, and one that names a session moves it": {
    story: [
      someSpans(TRACE, 1, 2),
      someRecords(TRACE, ["one"]),
      someRecords(TRACE, ["two", "three"], { "session.id": "A" }),
      someRecords(TRACE, ["one", "four"], { "ark.session.id": "B" }),
    ],
    ends: { [TRACE]: "B" },
  },
  "log records that name a session and no trace have an owner of their own": {
    story: [
      someRecords(undefined, ["one", "two"], { "session.id": "A" }),
      { deletes: "A", traces: [OWNER] },
      someSpans(TRACE, 1, 2, { "session.id": "A" }),
      someRecords(undefined, ["three"], { "session.id": "A" }),
    ],
    ends: { [TRACE]: "A", [OWNER]: "A" },
  },
};

const IDS = [TRACE, OTHER, OWNER, "A", "B", "C"];

let faults: Faults;

/** Installs the hooks of a test file that plays scenarios. */
export function installFaults(): void {
  beforeAll(async () => {
    faults = await Faults.install();
  });
  afterAll(() => faults.remove());
  beforeEach(() => {
    stopClock();
    // The program logs each fault.
    vi.spyOn(console, "warn").mockReturnValue();
    vi.spyOn(console, "error").mockReturnValue();
  });
  afterEach(() => faults.end());
}

/** Plays a scenario once for each of the chosen strikes at each of its steps. */
export async function strikeEachStep(name: string, choose: Choice): Promise<void> {
  const steps = await play(name, () => undefined);
  for (const [at, step] of steps.entries()) {
    for (const strike of choose(step, at + 1)) {
      const about = `step ${at + 1}, ${step.kind} ${step.object} ${step.method}: ${strike}`;
      await play(name, (now, number) => (number === at + 1 && now.kind === step.kind ? strike : undefined), about);
    }
  }
}

/** Plays a scenario in an empty world, and answers the steps that it took. */
export async function play(name: string, plan: Plan, about = ""): Promise<readonly Step[]> {
  const { story, ends } = SCENARIOS[name] ?? { story: [], ends: {} };
  await emptyWorld();
  faults.follow(plan);
  let acknowledged: Item[] = [];
  for (const happening of story) {
    if ("deletes" in happening) {
      // An export that arrived after the deletion would be new data.
      await faults.arriveExports();
      await faults.quiet();
      await deleteSession(happening.deletes);
      acknowledged = acknowledged.filter((item) => !happening.traces.includes(item.traceId));
    } else if ("records" in happening) {
      await deliverLogs(happening.records);
      acknowledged.push(...happening.records.map((record) => itemOf(record, OWNER)));
    } else {
      await deliver(happening);
      acknowledged.push(...happening.map(({ traceId, spanId }) => ({ traceId, key: spanId })));
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

/** `owner`: of a record that names no trace. */
function itemOf({ traceId, body, attributes = [] }: LogRecord, owner: string): Item {
  return { traceId: traceId ?? owner, key: `${body?.stringValue} ${attributes.map(({ key }) => key).join()}` };
}

/** The spans and log records of a document. */
function itemsIn(document: Pick<Snapshot, "resourceSpans" | "resourceLogs">): Item[] {
  return [
    ...spansOf(document.resourceSpans).map(({ span: { traceId, spanId } }) => ({ traceId, key: spanId })),
    ...recordsOf(document.resourceLogs).map(({ record }) => itemOf(record, OWNER)),
  ];
}

const worded = ({ traceId, key }: Item): string => `${traceId} ${key}`;

/** Deletes a session as soon as there is one, and waits until nothing is left of it. */
async function deleteSession(id: string): Promise<void> {
  let isBegun = false;
  for (let attempt = 0; attempt < 5; attempt++) {
    const { status } = await request(`/sessions/${id}`, { method: "DELETE" });
    pass(1);
    if (status === 204 || (status === 404 && isBegun)) return;
    // 503: the deletion may have begun, and its answer was lost.
    if (status === 202 || status === 503) isBegun = true;
    await rest(IDS);
  }
  throw new Error(`${id} could not be deleted`);
}

/** Each trace in one place, with every acknowledged span and record once: in its session, in its own view, and in the list. */
async function expectWhole(
  acknowledged: readonly Item[],
  ends: Readonly<Record<string, string>>,
  about: string,
): Promise<void> {
  const living = Object.entries(ends).filter(([trace]) => acknowledged.some(({ traceId }) => traceId === trace));
  const expected = Object.fromEntries(living.map(([, session]) => [session, [] as string[]]));
  for (const item of acknowledged) expected[ends[item.traceId] ?? ""]?.push(worded(item));
  const found: Record<string, string[]> = {};
  for (const id of IDS) {
    const session = await readSession(id);
    if (session !== undefined) found[id] = itemsIn(session).map(worded);
  }
  expect(sorted(found), about).toEqual(sorted(expected));
  for (const id of IDS) {
    const chunks = await rowsOf<{ trace: string; trace_revision: number; kind: string }>(id, "chunk");
    const stored = chunks.flatMap((row) => (row.kind === "tombstone" ? [] : `${row.trace} ${row.trace_revision}`));
    expect(stored, `${about}, each delivery once in the log of ${id}`).toHaveLength(new Set(stored).size);
  }

  for (const [traceId, session] of living) {
    const trace = await readTrace(traceId);
    const items = trace === undefined ? [] : itemsIn(trace).map(({ key }) => key);
    expect({ session: trace?.session, items: items.toSorted() }, about).toEqual({
      session,
      items: acknowledged.flatMap((item) => (item.traceId === traceId ? [item.key] : [])).toSorted(),
    });
  }
  for (const id of Object.keys(expected)) {
    const viewer = new Viewer(id);
    await viewer.connect();
    await viewer.readUntil(({ event }) => event.type === "bookmark");
    await viewer.disconnect();
    const spans = Array.from(viewer.view.spans(), ({ traceId, span }) => worded({ traceId, key: span.spanId }));
    const records = viewer.view
      .logs()
      .all()
      .map(({ record, traceId }) => worded(itemOf(record, traceId)));
    expect([...spans, ...records].toSorted(), `${about}, the viewers of ${id}`).toEqual(expected[id]?.toSorted());
  }

  const counts = (await listed("all")).map(({ id, spans, logRecords = 0 }) => [id, spans + logRecords]);
  expect(Object.fromEntries(counts), `${about}, in the list`).toEqual(
    Object.fromEntries(Object.entries(expected).map(([id, items]) => [id, items.length])),
  );
}

function sorted(sessions: Readonly<Record<string, readonly string[]>>): Record<string, string[]> {
  return Object.fromEntries(Object.entries(sessions).map(([id, spans]) => [id, spans.toSorted()]));
}
