import { beforeEach, describe, expect, test } from "vitest";
import { aSpan, spanId } from "../durable/spans.ts";
import * as world from "../durable/world.ts";
import { ask, refusalOf, send } from "./client.ts";
import { agent, chat, deliver, failedTool, TRACE, TRIP } from "./trip.ts";

beforeEach(world.freshWorld);

describe("wait_for", () => {
  // spec: MCP-15
  test("answers at once if the session has the state, and at the timeout with the present one", async () => {
    await deliver(agent(), chat(2, "Hi", "Hello."));
    const now = await ask("wait_for", { session: "trip-7" });
    expect(now.words).toContain("The session is finished.");
    expect(now.words).toContain("read_session {}");
    expect(now.recorded).toContain("**finished** Hi");
    const late = await ask("wait_for", { session: "trip-7", state: ["running", "idle"], timeout: 0 });
    expect(late.words).toContain("Timeout after 0 s: the session is finished, not running, idle.");
    expect(late.words).toContain('wait_for {"state":["running","idle"],"timeout":0}');
  });

  // spec: MCP-15
  test("answers at once if the session ended without the state", async () => {
    await deliver(agent(), chat(2, "Hi", "Hello."));
    for (const state of ["failed", "waiting", "stalled"]) {
      const { words } = await ask("wait_for", { session: "trip-7", state, timeout: 600 });
      expect(words).toContain(`The session ended: it is finished. Without new data it will not be ${state}.`);
      expect(words).toContain('read_session {} · wait_for {"state":["running"]}');
    }
    await deliver(failedTool(3), agent({ status: { code: 2 } }));
    // A session runs for some seconds after its last span.
    world.pass(61_000);
    expect((await ask("wait_for", { session: "trip-7", state: "finished", timeout: 600 })).words).toContain(
      "The session ended: it is failed. Without new data it will not be finished.",
    );
  });

  // spec: MCP-15
  test("answers at once if the session is deleted meanwhile", async () => {
    await deliver(agent({ endTimeUnixNano: undefined }), chat(2, "Hi", "Hello."));
    const refused = refusalOf("wait_for", { session: "trip-7", state: "finished", timeout: 600 });
    await world.until(async () => (await world.readSession("trip-7"))?.session.watchers === 1);
    await world.request("/sessions/trip-7", { method: "DELETE" });
    expect(await refused).toContain("This session does not exist or was deleted.");
  });

  // spec: MCP-15
  test("answers when a delivery brings the state", async () => {
    await deliver(agent({ endTimeUnixNano: undefined }), chat(2, "Book it.", "Which seat?"));
    const asked = aSpan(
      TRACE,
      4,
      { parentSpanId: spanId(1), name: "Window or aisle?" },
      { ...TRIP, "a2a.task.state": "input-required", "a2a.task.id": "task-1" },
    );
    const [answer] = await Promise.all([
      ask("wait_for", { session: "trip-7", state: "waiting", timeout: 30 }),
      world.deliver([asked]),
    ]);
    expect(answer.words).toContain("The session is waiting.");
    expect(answer.recorded).toContain("Window or aisle?");
  });
});

describe("a session that is not there yet", () => {
  // spec: MCP-15
  test("is waited for", async () => {
    const [answer] = await Promise.all([
      ask("wait_for", { session: "trip-7", timeout: 60 }),
      deliver(agent(), chat(2, "Hi", "Hello.")),
    ]);
    expect(answer.words).toContain("The session is finished.");
  });
});

describe("the answer of a tool that waits", () => {
  // spec: MCP-15
  test("is a stream for clients that read streams, and JSON for others", async () => {
    await deliver(agent(), chat(2, "Hi", "Hello."));
    const params = { name: "wait_for", arguments: { session: "trip-7" } };
    const typeFor = async (accept: string) => {
      const response = await send({ jsonrpc: "2.0", id: 7, method: "tools/call", params }, { accept });
      const text = await response.text();
      expect(text).toContain("The session is finished.");
      return [response.headers.get("content-type")?.split(";")[0], text.split("\n")[0]?.slice(0, 11)];
    };
    expect(await typeFor("application/json, text/event-stream")).toEqual(["text/event-stream", ": heartbeat"]);
    expect(await typeFor("application/json")).toEqual(["application/json", '{"jsonrpc":']);
  });
});
