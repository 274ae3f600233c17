import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Retention } from "../../src/session/contract/retention.ts";
import { Random } from "../session/seeded-random.ts";
import { aSpan } from "./spans.ts";
import type { Attributes } from "./spans.ts";
import * as world from "./world.ts";

const SHARDS = 2;

beforeEach(async () => {
  world.divide(SHARDS);
  await world.freshWorld();
});
afterEach(() => world.divide());

/** Bytes of the tenant's databases, which hold logs of these ids. */
async function onDisk(ids: Iterable<string>): Promise<number> {
  const objects = [
    env.DIRECTORY.getByName("default/directory"),
    ...Array.from({ length: SHARDS }, (_, n) => env.SESSIONS.getByName(`default/shard-${n}`)),
  ];
  for (const id of ids) if (await world.hasMoved(id)) objects.push(world.ownObjectOf(id));
  let bytes = 0;
  for (const object of objects) bytes += await runInDurableObject(object, (_, { storage }) => storage.sql.databaseSize);
  return bytes;
}

type Kind = {
  readonly name: string;
  readonly requests: number;
  /** Traces of a request, and spans of each; one trace may go on through all requests. */
  readonly traces: number | "one";
  readonly spans: number;
  readonly attributes: (random: Random, request: number) => Attributes;
};

const words = (random: Random, count: number) =>
  Array.from({ length: count }, () => random.hex(1 + random.below(6))).join(" ");
const chat = { "gen_ai.operation.name": "chat", "gen_ai.request.model": "small" };

const KINDS: readonly Kind[] = [
  { name: "traces of one span", requests: 20, traces: 100, spans: 1, attributes: () => ({ "http.route": "/x" }) },
  { name: "traces of ten spans", requests: 15, traces: 100, spans: 10, attributes: () => ({ "http.route": "/x" }) },
  {
    name: "sessions of twenty traces",
    requests: 30,
    traces: 20,
    spans: 10,
    attributes: (random, n) => ({ ...chat, "session.id": `s-${n}`, "input.value": words(random, 60) }),
  },
  {
    name: "a long session",
    requests: 60,
    traces: "one",
    spans: 100,
    attributes: (random) => ({ ...chat, "session.id": "one", "input.value": words(random, 60) }),
  },
  {
    name: "large values",
    requests: 30,
    traces: 1,
    spans: 10,
    attributes: (random, n) => ({ ...chat, "session.id": `v-${n}`, "output.value": words(random, 6_000) }),
  },
];

describe("the storage usage that the list states, which MAX_TENANT_BYTES limits", () => {
  // spec: RET-14
  test.each(KINDS)("is within a fifth of the databases: $name", async ({ requests, traces, spans, attributes }) => {
    const random = new Random(1);
    const long = random.hex(32);
    let next = 1;
    const ids = new Set<string>();
    for (let request = 0; request < requests; request++) {
      const traceIds = traces === "one" ? [long] : Array.from({ length: traces }, () => random.hex(32));
      await world.deliver(
        traceIds.flatMap((traceId) =>
          Array.from({ length: spans }, () => aSpan(traceId, next++, {}, attributes(random, request))),
        ),
      );
      for (const traceId of traceIds) ids.add(traceId);
    }
    ids.add("one");
    await world.rest([...ids]);
    const response = await world.request("/sessions?kind=all");
    const { retention } = await response.json<{ retention: Retention }>();
    const share = retention.bytes / (await onDisk(ids));
    expect(share).toBeGreaterThan(0.8);
    expect(share).toBeLessThan(1.2);
  });
});
