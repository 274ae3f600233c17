import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ArkFeedObject } from "../../src/ark/feed/feed-object.ts";
import { DirectoryObject } from "../../src/durable/directory/object.ts";
import { SessionObject } from "../../src/durable/session/object.ts";
import type { CallContext } from "../../src/place.ts";
import type { Attributes } from "./spans.ts";
import { exportOf, someSpans, traceIdOf } from "./spans.ts";
import * as world from "./world.ts";

const TRACE = traceIdOf("trace");
/** The traces of requests. */
const [FIRST, SECOND, THIRD] = ["a", "b", "c"].map((digit) => `00-${digit.repeat(32)}-${"1".repeat(16)}-01`);

type Call = readonly [method: string, traceparent: string | undefined];

let calls: Call[] = [];

beforeEach(async () => {
  await world.freshWorld();
  calls = [];
  watch(SessionObject.prototype, [
    "append",
    "queryReplicas",
    "storeCopy",
    "revoke",
    "deleteTrace",
    "deleteSession",
    "read",
    "peek",
  ]);
  watch(DirectoryObject.prototype, ["report", "remove", "reports", "recordExports", "recent"]);
  watch(ArkFeedObject.prototype, ["feed", "uncounted", "purges"]);
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** Notes the context of each call of these methods. */
function watch(methods: object, names: readonly string[]): void {
  for (const name of names) {
    const own = Reflect.get(methods, name) as (context: CallContext, ...rest: unknown[]) => unknown;
    vi.spyOn(methods as Record<string, typeof own>, name).mockImplementation(function (
      this: unknown,
      context,
      ...rest
    ) {
      calls.push([name, context.traceparent]);
      return own.call(this, context, ...rest);
    });
  }
}

async function post(first: number, attributes: Attributes, traceparent: string | undefined): Promise<void> {
  const headers: Record<string, string> = traceparent === undefined ? {} : { traceparent };
  await (await world.post(exportOf(someSpans(TRACE, first, 1, attributes)), headers)).text();
}

/** The distinct calls of these methods so far, in alphabetical order, once they were made. */
async function callsOf(...methods: readonly string[]): Promise<Call[]> {
  const made = () => new Map(calls.filter(([method]) => methods.includes(method)).map((call) => [call.join(), call]));
  await world.until(
    async () => await Promise.resolve(new Set([...made().values()].map(([name]) => name)).size === methods.length),
  );
  const found = [...made().entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, call]) => call);
  calls = [];
  return found;
}

test("the trace of an export reaches the copy to its session, the reports, and the list of exports", async () => {
  await post(1, { "session.id": "A" }, FIRST);
  expect(await callsOf("append", "queryReplicas", "recordExports", "report", "storeCopy")).toEqual([
    ["append", FIRST],
    ["queryReplicas", FIRST],
    ["recordExports", FIRST],
    ["report", FIRST],
    ["storeCopy", FIRST],
  ]);
});

test("the trace of an export that moves a trace reaches the revocation of its replica", async () => {
  await post(1, { "gen_ai.conversation.id": "A" }, FIRST);
  await world.rest([TRACE, "A"]);
  calls = [];
  await post(2, { "session.id": "B" }, SECOND);
  expect(await callsOf("queryReplicas", "revoke", "storeCopy")).toEqual([
    ["queryReplicas", SECOND],
    ["revoke", SECOND],
    ["storeCopy", SECOND],
  ]);
});

test("the trace of a deletion reaches the owners and the list", async () => {
  await post(1, { "session.id": "A" }, FIRST);
  await world.rest([TRACE, "A"]);
  calls = [];
  const headers: Record<string, string> = { traceparent: THIRD ?? "" };
  await (await world.request("/sessions/A", { method: "DELETE", headers })).text();
  expect(await callsOf("deleteSession", "deleteTrace", "remove")).toEqual([
    ["deleteSession", THIRD],
    ["deleteTrace", THIRD],
    ["remove", THIRD],
  ]);
});

test("the trace of a request of an Ark client reaches the feed, and the list that the feed reads", async () => {
  await post(1, { "session.id": "A" }, undefined);
  await world.rest([TRACE, "A"]);
  calls = [];
  const headers: Record<string, string> = { traceparent: FIRST ?? "" };
  for (const path of ["/ark/events", "/ark/broker/sessions"]) await (await world.request(path, { headers })).text();
  expect(await callsOf("feed", "purges", "read", "recent", "reports", "uncounted")).toEqual(
    ["feed", "purges", "read", "recent", "reports", "uncounted"].map((method) => [method, FIRST]),
  );
});

test("jobs that an alarm starts have no trace", async () => {
  await post(1, { "session.id": "A" }, FIRST);
  await world.until(async () => await Promise.resolve(calls.some(([method]) => method === "report")));
  await post(2, {}, FIRST);
  await world.until(async () => await Promise.resolve(calls.filter(([method]) => method === "storeCopy").length > 1));
  calls = [];
  // The second report waits for its interval.
  await world.rest([TRACE, "A"]);
  expect(await callsOf("report")).toEqual([["report", undefined]]);
});
