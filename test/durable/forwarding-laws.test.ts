import { env } from "cloudflare:workers";
import { afterAll, afterEach, beforeEach, describe, expect, vi } from "vitest";
import type { ResourceLogs } from "../../src/otel/log-record.ts";
import type { ResourceSpans } from "../../src/otel/span.ts";
import { spanIdentity } from "../../src/facts/identity.ts";
import { fetchTransport } from "../../src/sinks/http/fetch-transport.ts";
import { deliverTrace } from "../../src/sinks/upstreams/deliver-trace.ts";
import { isRunning } from "../../src/sinks/upstreams/matching.ts";
import { law, seedsFrom } from "../law.ts";
import { Random } from "../session/seeded-random.ts";
import { kill } from "./faults.ts";
import { generateSession, sentSpans } from "./generated-session.ts";
import { recordsOf, recordText } from "./log-records.ts";
import type { Located } from "./world.ts";
import * as world from "./world.ts";

/** What each receiver took, in order. */
const taken = new Map<string, Located[]>();
/** The log records that each receiver took. */
const takenRecords = new Map<string, string[]>();
let isAway: (host: string) => boolean = () => false;

beforeEach(async () => {
  await world.freshWorld();
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const { host } = new URL(input as string);
    if (isAway(host)) throw new Error("connection refused");
    const { resourceSpans = [], resourceLogs = [] } = JSON.parse(
      new TextDecoder().decode(init?.body as Uint8Array),
    ) as {
      resourceSpans?: ResourceSpans[];
      resourceLogs?: ResourceLogs[];
    };
    takenRecords.set(host, [...(takenRecords.get(host) ?? []), ...recordsOf(resourceLogs).map(recordText)]);
    taken.set(host, [...(taken.get(host) ?? []), ...world.spansOf(resourceSpans)]);
    // The request arrived, and its answer may be lost.
    if (isAway(host)) throw new Error("connection reset");
    return new Response();
  });
});
afterEach(() => vi.restoreAllMocks());

async function put(name: string, fields: object): Promise<void> {
  const settings = { endpoint: `https://${name}`, protocol: "http/json", compression: "none", ...fields };
  await world.request(`/admin/upstreams/${name}`, { method: "PUT", body: JSON.stringify(settings) });
}

/** What may happen between two deliveries. */
async function disturb(random: Random, ids: readonly string[], traceIds: readonly string[]): Promise<void> {
  const id = random.pick(ids);
  const trace = random.pick(traceIds);
  switch (random.below(7)) {
    case 0:
      return await kill(await world.holderOf(id));
    case 1:
      return await world.evict(id);
    case 2:
      await world.fireAlarm(trace);
      return;
    case 3:
      return world.pass(random.below(120_000));
    case 4:
      // Doubled messages.
      await Promise.allSettled([1, 2].map(async () => await deliverTrace(env, world.caller(), trace, fetchTransport)));
      return;
    case 5: {
      const share = random.below(3) / 2;
      isAway = () => random.below(2) / 2 < share;
      return;
    }
    default:
      isAway = () => false;
  }
}

afterAll(() => world.moveLogs());

// spec: SINK-1, SINK-2, SINK-3, SINK-13
describe.each([world.NEVER, 3])("with logs that move at %d items", (items) => {
  law(
    "every span and log record arrives at every matching upstream and nowhere else, the best version last, whatever is killed, moved, doubled or away",
    seedsFrom(9_100, items === 3 ? 7 : 14),
    async (seed) => {
      world.moveLogs({ items, pageBytes: 1 });
      await world.freshWorld();
      taken.clear();
      takenRecords.clear();
      isAway = () => false;
      const random = new Random(seed);
      const { sent, traceIds, ids } = generateSession(random);
      const service = sentSpans(sent)[0]?.service ?? "";
      await put("all.example.com", { running: "sent", logs: "sent" });
      await put("held.example.com", {});
      await put("one.example.com", { running: "sent", match: { service } });
      // In half of the runs a span that runs may come after it ended.
      for (const item of seed % 2 === 0 ? sent : random.shuffle(sent)) {
        await world.deliver([item]);
        if (random.below(2) === 0) await disturb(random, ids, traceIds);
      }
      isAway = () => false;
      world.pass(700_000);
      await world.rest(ids);

      const expected: Record<string, string[]> = {
        "all.example.com": [],
        "held.example.com": [],
        "one.example.com": [],
      };
      const records = new Set<string>();
      for (const traceId of traceIds) {
        const document = await world.readTrace(traceId);
        const spans = world.spansOf(document?.resourceSpans ?? []);
        const goesToOne = sentSpans(sent).some((one) => one.span.traceId === traceId && one.service === service);
        for (const located of spans) {
          const text = world.textOf(located);
          expected["all.example.com"]?.push(text);
          if (!isRunning(located.span)) expected["held.example.com"]?.push(text);
          if (goesToOne) expected["one.example.com"]?.push(text);
        }
      }
      for (const id of ids)
        for (const located of recordsOf((await world.readSession(id))?.resourceLogs ?? []))
          records.add(recordText(located));
      for (const [host, texts] of Object.entries(expected))
        expect([host, lastVersions(taken.get(host) ?? [])]).toEqual([host, texts.toSorted()]);
      for (const host of Object.keys(expected)) {
        const all = new Set(takenRecords.get(host));
        expect([host, [...all].toSorted()]).toEqual([host, host === "all.example.com" ? [...records].toSorted() : []]);
      }
    },
  );
});

/** The version of each span that came last. */
function lastVersions(spans: readonly Located[]): string[] {
  const last = new Map<string, string>();
  for (const located of spans) {
    const { traceId, kind = 0 } = located.span;
    const { spanId } = spanIdentity(located.span);
    last.set(`${traceId} ${spanId} ${kind}`, world.textOf(located));
  }
  return [...last.values()].toSorted();
}
