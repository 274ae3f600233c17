import { expect, test } from "vitest";
import { damage, databaseOf, filesAside, logsIn, movedIn, remove } from "./damage.ts";
import { startProgram, temporaryDirectory } from "./program.ts";
import type { Program } from "./program.ts";
import { eventually, getJson, spansOf } from "./read-back.ts";
import type { Export } from "./read-back.ts";

const hex = (value: number, digits: number) => value.toString(16).padStart(digits, "0");
const traceOf = (n: number) => hex(0xa000 + n, 32);
const sessionOf = (n: number) => `session-${n}`;

async function post({ url }: Program, traceId: string, spanId: number, session?: string): Promise<number> {
  const attributes = session === undefined ? [] : [{ key: "session.id", value: { stringValue: session } }];
  const span = {
    traceId,
    spanId: hex(spanId, 16),
    name: "step",
    startTimeUnixNano: "1790000000000000000",
    endTimeUnixNano: "1790000001000000000",
    attributes,
  };
  const response = await fetch(`${url}/v1/traces`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }),
  });
  await response.body?.cancel();
  return response.status;
}

type Listed = { readonly sessions: readonly { readonly id: string; readonly damaged?: true }[] };

async function listed({ url }: Program): Promise<Map<string, boolean>> {
  const { sessions } = await getJson<Listed>(url, "/sessions?kind=all&limit=500");
  return new Map(sessions.map(({ id, damaged }) => [id, damaged === true]));
}

/** 20 traces of a session each, and 20 that are sessions themselves; all listed. */
async function filled(DATA_DIR: string): Promise<string[]> {
  const program = await startProgram({ DATA_DIR });
  for (let n = 0; n < 20; n++) {
    expect(await post(program, traceOf(n), 1, sessionOf(n))).toBe(200);
    expect(await post(program, traceOf(100 + n), 1)).toBe(200);
  }
  const ids = Array.from({ length: 20 }, (_, n) => [sessionOf(n), traceOf(100 + n)]).flat();
  await eventually(async () => expect([...(await listed(program)).keys()].toSorted()).toEqual(ids.toSorted()));
  await program.stop();
  return ids;
}

test("a damaged shard is set aside by the start after it was met; its sessions are listed, and can be deleted", async () => {
  const DATA_DIR = await temporaryDirectory();
  const ids = await filled(DATA_DIR);
  const shard = databaseOf(DATA_DIR, "SessionObject", "default/shard-1");
  const lost = logsIn(shard);
  const isLost = (id: string) => lost.has(id);
  await damage(shard, "pages");

  const met = await startProgram({ DATA_DIR });
  const lostTrace = ids.find((id) => id.startsWith("0") && isLost(id)) ?? "";
  const answer = await fetch(`${met.url}/sessions/${lostTrace}`);
  expect(answer.status).toBe(503);
  expect(await answer.text()).toContain("A file of the data folder is damaged. Start the program again with npm start");
  // The other shards answer meanwhile.
  for (const id of ids.filter((one) => !isLost(one)))
    expect((await fetch(`${met.url}/sessions/${id}`)).status).toBe(200);
  await met.stop();

  const program = await startProgram({ DATA_DIR });
  expect(program.printed()).toMatch(/Damaged, and set aside in .*damaged/);
  expect(await filesAside(DATA_DIR)).toHaveLength(1);
  // A session whose traces have their owners in other shards is copied again; nothing is left of the others.
  const isRestored = (id: string) => id.startsWith("session-") && !isLost(traceOf(Number(id.slice(8))));
  const expected = new Map(ids.map((id) => [id, isLost(id) && !isRestored(id)]));
  expect([...expected.values()].filter(Boolean).length).toBeGreaterThan(2);
  await eventually(async () => expect(await listed(program)).toEqual(expected), 60);
  for (const [id, isDamaged] of expected) {
    const read = await fetch(`${program.url}/sessions/${id}`);
    expect([id, read.status]).toEqual([id, isDamaged ? 404 : 200]);
    if (isDamaged) expect(await read.text()).toContain(`The storage of ${id} was damaged`);
    else expect(spansOf(await getJson<Export>(program.url, `/sessions/${id}/otlp`))).toHaveLength(1);
  }

  // The empty shard takes new data, under a lost name as well.
  const [renewed = "", ...gone] = ids.filter((id) => expected.get(id) === true && id.startsWith("0"));
  expect(await post(program, renewed, 2)).toBe(200);
  await eventually(async () => expect((await listed(program)).get(renewed)).toBe(false));
  for (const id of gone) expect((await fetch(`${program.url}/sessions/${id}`, { method: "DELETE" })).status).toBe(204);
  const left = await listed(program);
  expect(gone.filter((id) => left.has(id))).toEqual([]);
  expect((await fetch(`${program.url}/sessions/${gone[0]}`, { method: "DELETE" })).status).toBe(404);
});

test.each(["pages", "header"] as const)(
  "a list with damaged %s is made anew from what the objects report",
  async (how) => {
    const DATA_DIR = await temporaryDirectory();
    const ids = await filled(DATA_DIR);
    await damage(databaseOf(DATA_DIR, "DirectoryObject", "default/directory"), how);

    // What began in a run that could not know: a start reads headers alone.
    if (how === "pages") {
      const met = await startProgram({ DATA_DIR });
      const answer = await fetch(`${met.url}/sessions`);
      expect(answer.status).toBe(503);
      expect(await answer.text()).toContain("Start the program again with npm start");
      expect((await fetch(`${met.url}/healthz`)).status).toBe(503);
      await met.stop();
    }
    const program = await startProgram({ DATA_DIR });
    expect(program.printed()).toContain("The list is made anew from what the databases hold");
    await eventually(async () => expect(await listed(program)).toEqual(new Map(ids.map((id) => [id, false]))), 60);
    expect((await fetch(`${program.url}/healthz`)).status).toBe(200);
  },
);

test("--rebuild reads every database, and changes nothing where none is damaged", async () => {
  const DATA_DIR = await temporaryDirectory();
  const ids = await filled(DATA_DIR);
  const program = await startProgram({ DATA_DIR }, ["--rebuild"]);
  expect(program.printed()).toContain("The list is made anew");
  expect(program.printed()).not.toContain("Damaged");
  expect(await listed(program)).toEqual(new Map(ids.map((id) => [id, false])));
  expect(await filesAside(DATA_DIR)).toEqual([]);
});

/** More than a shard keeps of one log. */
const MANY = 2_100;
const LARGE = "a large session";

const largeSpans = (first: number, count: number) =>
  Array.from({ length: count }, (_, n) => ({
    traceId: traceOf(900),
    spanId: hex(first + n, 16),
    name: `step ${first + n}`,
    startTimeUnixNano: "1790000000000000000",
    endTimeUnixNano: "1790000001000000000",
    attributes: [{ key: "session.id", value: { stringValue: LARGE } }],
  }));

async function postLarge({ url }: Program, first: number, count: number): Promise<void> {
  const response = await fetch(`${url}/v1/traces`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: largeSpans(first, count) }] }] }),
  });
  expect(await response.text()).toBe("{}");
}

// spec: MOVE-5
test.each(["is damaged", "was removed"] as const)(
  "a log that had moved, and whose shard %s, is whole after the start that finds out",
  async (how) => {
    const DATA_DIR = await temporaryDirectory();
    await filled(DATA_DIR);
    const before = await startProgram({ DATA_DIR });
    await postLarge(before, 1, MANY);
    const shards = [0, 1, 2, 3].map((n) => databaseOf(DATA_DIR, "SessionObject", `default/shard-${n}`));
    const pointing = () => shards.filter((file) => movedIn(file).length > 0);
    // The trace has an owner and a session, and both are large.
    await eventually(async () => {
      expect(shards.flatMap(movedIn).toSorted()).toEqual([traceOf(900), LARGE]);
      expect((await listed(before)).has(LARGE)).toBe(true);
    }, 60);
    await before.stop();
    const lost = new Set(pointing().flatMap((file) => [...logsIn(file)]));
    for (const file of pointing()) await (how === "is damaged" ? damage(file, "header") : remove(file));

    const program = await startProgram({ DATA_DIR }, how === "is damaged" ? [] : ["--rebuild"]);
    // As an exporter does that was kept waiting.
    await postLarge(program, MANY + 1, 10);
    expect(program.printed()).toMatch(/\d large logs? (is|are) found in (a file|files) of (its|their) own again/);
    expect([...(await listed(program))].filter(([, isDamaged]) => isDamaged).map(([id]) => lost.has(id))).not.toContain(
      false,
    );
    await eventually(async () => {
      const spans = spansOf(await getJson<Export>(program.url, `/sessions/${encodeURIComponent(LARGE)}/otlp`));
      expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(MANY + 10);
      expect(spans).toHaveLength(MANY + 10);
    });
    await eventually(async () => expect((await listed(program)).get(LARGE)).toBe(false));
    expect(shards.flatMap(movedIn).toSorted()).toEqual([traceOf(900), LARGE]);
  },
);
