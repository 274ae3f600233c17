import { env } from "cloudflare:workers";
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, test } from "vitest";
import { openDirectory } from "../../src/durable/directory/rows/schema.ts";
import type { SessionSummary } from "../../src/session/summary.ts";
import first from "../fixtures/state/directory-1.json";
import { restoreState } from "./stored-state.ts";
import { openStream } from "./viewer.ts";
import * as world from "./world.ts";

beforeEach(async () => {
  world.stopClock();
  await world.emptyWorld();
});

function directory() {
  return env.DIRECTORY.get(env.DIRECTORY.idFromName("default/directory"));
}

async function listed(query: string) {
  const response = await world.request(`/sessions?${query}`);
  const { resourceVersion, sessions } = await response.json<{ resourceVersion: string; sessions: SessionSummary[] }>();
  return { resourceVersion, sessions };
}

const ids = async (query: string) => (await listed(query)).sessions.map(({ id }) => id);

describe("a list that the first version wrote", () => {
  beforeEach(async () => await restoreState(directory(), first));

  test("shows the same sessions, with fields that came later empty", async () => {
    expect(await ids("kind=all")).toEqual(["62617265000000000000000000000000", "run-2", "trip-1"]);
    const { sessions } = await listed("");
    for (const { id, summary } of first.rows.session) {
      const session = sessions.find((candidate) => candidate.id === id);
      if (session !== undefined) expect(session).toMatchObject({ ...JSON.parse(summary), teams: [], users: [] });
    }
  });

  test("goes on in the same life: who watched it resumes, and is told what went", async () => {
    const meta = first.rows.meta.find(({ key }) => key === "generation");
    const { resourceVersion } = await listed("");
    expect(resourceVersion).toBe(`${meta?.value}.5`);
    const stream = await openStream("/sessions?watch=true&kind=all", { "last-event-id": `${meta?.value}.2` });
    const words: string[] = [];
    await stream.readUntil(({ event, at }) => {
      words.push(`${at ?? "-"} ${event.type}`.replace(`${meta?.value}.`, ""));
      return event.type === "bookmark";
    });
    await stream.close();
    expect(words).toEqual(["3 session", "5 gone", "- arrivals", "- bookmark"]);
  });

  test("can be searched, filtered and sorted", async () => {
    expect(await ids("q=lisbon")).toEqual(["trip-1"]);
    expect(await ids("tool=search")).toEqual(["trip-1"]);
    expect(await ids("status=stalled")).toEqual(["run-2"]);
    expect(await ids("sort=tokens&order=desc&limit=1")).toEqual(["trip-1"]);
    expect(await ids("sort=start&order=asc")).toEqual(["trip-1", "run-2"]);
  });

  test("has its sessions in one order, for streams of all of them, and counts their traces", async () => {
    const { head, entries } = await directory().feed({ after: 0, limit: 10 });
    const rows = first.rows.session.toSorted((a, b) => a.revision - b.revision);
    expect(entries.map(({ id, after, revision }) => [id, after, revision])).toEqual(
      rows.map(({ id, session_revision: revision }) => [id, 0, revision]),
    );
    // Dense: a place for each revision.
    const places = entries.map(({ place, revision }) => place - revision);
    expect(places.slice(1)).toEqual(entries.slice(0, -1).map(({ place }) => place));
    expect(entries.at(-1)?.place).toBe(head);
    const { total } = await (await world.request("/traces?limit=1")).json<{ total: number }>();
    expect(total).toBe(rows.reduce((sum, { summary }) => sum + (JSON.parse(summary) as SessionSummary).traces, 0));
  });

  test("is migrated once, and opens again", async () => {
    await ids("");
    await evictDurableObject(directory());
    expect(await ids("")).toEqual(["run-2", "trip-1"]);
    const tables = await runInDurableObject(directory(), (_, { storage }) =>
      storage.sql.exec<{ name: string }>("SELECT name FROM sqlite_master WHERE name LIKE 'former%'").toArray(),
    );
    expect(tables).toEqual([]);
  });
});

test("a list that a newer version wrote is left alone", async () => {
  const said = await runInDurableObject(directory(), (_, { storage }) => {
    storage.sql.exec("UPDATE meta SET value = '99' WHERE key = 'schema'");
    try {
      openDirectory(storage);
      return "opened";
    } catch (error) {
      return String(error);
    } finally {
      storage.sql.exec("UPDATE meta SET value = '4' WHERE key = 'schema'");
    }
  });
  expect(said).toBe("Error: The list was written by a newer version: schema 99");
});
