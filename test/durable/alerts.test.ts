import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { Webhook } from "standardwebhooks";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { AlertsObject } from "../../src/durable/alerts/object.ts";
import { DirectoryObject } from "../../src/durable/directory/object.ts";
import { alerts, asking, deliver, now, pass, reported, running, SECOND, settle } from "./alert-world.ts";
import { directory } from "./reported.ts";
import { aSpan, exportOf, spanId, traceIdOf } from "./spans.ts";
import * as world from "./world.ts";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
/** The body of a webhook. */
type Body = { readonly type: string; readonly data: Record<string, unknown> };

/** What receivers got, in order. */
let received: { url: string; headers: Record<string, string>; body: string }[] = [];
let answers: (host: string) => Response | Promise<Response> = () => new Response();

beforeEach(async () => {
  await world.freshWorld();
  received = [];
  answers = () => new Response();
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const url = input as string;
    const headers = { ...(init?.headers as Record<string, string>) };
    received.push({ url, headers, body: new TextDecoder().decode(init?.body as Uint8Array) });
    return await answers(new URL(url).host);
  });
});
afterEach(() => vi.restoreAllMocks());

async function put(name: string, fields: object = {}): Promise<void> {
  const body = JSON.stringify({ on: ["waiting"], url: `https://${name}.example.com/hook`, secret: SECRET, ...fields });
  const response = await world.request(`/admin/alerts/${name}`, { method: "PUT", body });
  expect(response.status, await response.clone().text()).toBe(200);
  await settle();
}

type Shown = {
  readonly state: string;
  readonly reason?: string;
  readonly delivered: number;
  readonly pending: number;
  readonly deliveries: {
    readonly id: string;
    readonly event: string;
    readonly state: string;
    readonly tries: { readonly outcome: string; readonly status?: number; readonly reason?: string }[];
  }[];
};

async function show(name: string): Promise<Shown> {
  return await (await world.request(`/admin/alerts/${name}`)).json();
}

/** What arrived since the last call: "host type session". */
function took(): string[] {
  return received.splice(0).map(({ url, body }) => {
    const { type, data } = JSON.parse(body) as Body;
    return `${new URL(url).host.split(".")[0]} ${type.replace("session.", "")} ${String(data["session"])}`;
  });
}

describe("a change of a session's state", () => {
  // spec: ALERT-1
  test("is sent once, with title, state and a link to the step, signed as Standard Webhooks are", async () => {
    await put("hook", { on: ["waiting", "finished"] });
    await deliver(running("trip", 1));
    expect(received).toEqual([]);
    await deliver(asking("trip", 2));
    expect(received).toHaveLength(1);
    const [{ url, headers, body } = { url: "", headers: {}, body: "" }] = received;
    expect(url).toBe("https://hook.example.com/hook");
    // The official library checks the signature and the time.
    const verified = new Webhook(SECRET).verify(body, headers) as Body;
    expect(verified).toMatchObject({
      type: "session.waiting",
      data: {
        rule: "hook",
        session: "trip",
        title: expect.stringContaining("span 1"),
        status: "waiting",
        url: `${world.ORIGIN}/sessions/trip?span=${traceIdOf("trip")}:${spanId(2)}`,
      },
    });
    // Only where the rule says so.
    expect(body).not.toContain("harbour");
    took();
    // Another span arrives, and the session waits as before.
    await deliver(running("trip", 3));
    expect(took()).toEqual([]);
    await deliver(now("trip", 1), now("trip", 3), now("trip", 2));
    await pass(11 * SECOND);
    expect(took()).toEqual(["hook finished trip"]);
    await pass(3_600 * SECOND);
    expect(took()).toEqual([]);
  });

  // spec: ALERT-1
  test("is sent with its question where the rule says so, and so is each new question", async () => {
    await put("hook", { question: "included", coolDown: 0 });
    await deliver(asking("trip", 1, "Which harbour?"));
    await deliver(now("trip", 1), asking("trip", 2, "And which day?"));
    expect(received.map(({ body }) => (JSON.parse(body) as Body).data["question"])).toEqual([
      "Which harbour?",
      "And which day?",
    ]);
  });

  test("to stalled, failed or finished is sent when the time for it has come", async () => {
    await put("hook", { on: ["stalled", "failed", "finished"] });
    await deliver(running("slow", 1), now("bad", 1, { status: { code: 2 } }), now("good", 1));
    expect(took()).toEqual([]);
    await pass(11 * SECOND);
    const urls = () => received.map(({ body }) => String((JSON.parse(body) as Body).data["url"]));
    expect(urls().toSorted()).toEqual([`${world.ORIGIN}/sessions/bad?kinds=errors`, `${world.ORIGIN}/sessions/good`]);
    expect(took().toSorted()).toEqual(["hook failed bad", "hook finished good"]);
    await pass(120 * SECOND);
    expect(urls()).toEqual([`${world.ORIGIN}/sessions/slow?span=${traceIdOf("slow")}:${spanId(1)}`]);
    expect(took()).toEqual(["hook stalled slow"]);
    await pass(86_400 * SECOND);
    expect(took()).toEqual([]);
  });

  // spec: ALERT-2
  test("within the pause after the last one is sent at its end, if it still holds", async () => {
    await put("hook", { coolDown: 600 });
    await deliver(asking("trip", 1));
    expect(took()).toEqual(["hook waiting trip"]);
    await deliver(now("trip", 1), running("trip", 2));
    await deliver(asking("trip", 3, "And which day?"));
    await deliver(now("trip", 3), running("trip", 4));
    expect(took()).toEqual([]);
    await deliver(asking("trip", 5, "And which hour?"));
    expect(took()).toEqual([]);
    await pass(600 * SECOND);
    expect(took()).toEqual(["hook waiting trip"]);
    await pass(3_600 * SECOND);
    expect(took()).toEqual([]);
  });

  // spec: ALERT-3
  test("that was imported, that is sent again, or that was so before the rule, is not sent", async () => {
    await deliver(asking("before", 1));
    await put("hook", { on: ["waiting", "finished", "failed"] });
    await deliver(running("before", 2));
    // Spans of another year, as a file has them.
    await deliver(aSpan(traceIdOf("old"), 1, {}, { "session.id": "old" }));
    await pass(60 * SECOND);
    expect(took()).toEqual([]);
    const again = asking("trip", 1);
    await deliver(again);
    expect(took()).toEqual(["hook waiting trip"]);
    await deliver(again);
    await evictDurableObject(alerts());
    await pass(3_600 * SECOND);
    expect(took()).toEqual([]);
  });

  // spec: ALERT-3
  test("that was imported is not sent, even if it just happened, and one that comes live afterwards is", async () => {
    await put("hook", { on: ["waiting", "stalled", "failed", "finished"], cost: 5 });
    const dear = { "gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o", "gen_ai.usage.cost": 6 };
    const file = exportOf([asking("trip", 1), now("trip", 2, {}, dear), running("trip", 3)]);
    expect((await world.request("/import", { method: "POST", body: file })).status).toBe(200);
    const traceId = traceIdOf("trip");
    for (const id of [traceId, "trip", traceId, "trip"]) if (await world.isArmed(id)) await world.fireAlarm(id);
    await world.until(async () =>
      (await world.listed("all")).some(({ id, liveness }) => id === "trip" && liveness.isImported),
    );
    await settle();
    await world.evict("trip");
    expect((await world.readSession("trip"))?.session).toMatchObject({ liveness: { isImported: true } });
    await pass(300 * SECOND);
    expect(took()).toEqual([]);
    await deliver(asking("trip", 4, "And which day?"));
    expect((await world.readSession("trip"))?.session.liveness).not.toHaveProperty("isImported");
    await pass(60 * SECOND);
    expect(took()).toContain("hook waiting trip");
  });

  test("passes a duration while it runs, and a cost with what arrives", async () => {
    await put("long", { on: [], duration: 90 });
    await put("dear", { on: [], cost: 5 });
    await deliver(running("trip", 1));
    await pass(60 * SECOND);
    expect(took()).toEqual([]);
    await pass(40 * SECOND);
    expect(took()).toEqual(["long duration trip"]);
    const model = { "gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o", "gen_ai.usage.cost": 6 };
    await deliver(now("trip", 2, {}, model));
    expect(took()).toEqual(["dear cost trip"]);
    await deliver(now("trip", 3, {}, model));
    await pass(3_600 * SECOND);
    expect(took()).toEqual([]);
  });
});

describe("a rule", () => {
  test("notifies of all sessions, of a filter of the list, or of single ones", async () => {
    await put("all");
    await put("filtered", { filter: "service=tests&q=harbour" });
    await put("single", { sessions: ["two"] });
    await deliver(asking("one", 1), asking("two", 1, "Yes or no?"));
    expect(took().toSorted()).toEqual([
      "all waiting one",
      "all waiting two",
      "filtered waiting one",
      "single waiting two",
    ]);
  });

  test("that is put anew notifies from then on, and one that is removed no more", async () => {
    await put("hook");
    await deliver(asking("one", 1));
    expect(took()).toEqual(["hook waiting one"]);
    await put("hook", { on: ["waiting", "finished"] });
    await deliver(now("one", 2, {}, {}));
    expect(took()).toEqual([]);
    await world.request("/admin/alerts/hook", { method: "DELETE" });
    await deliver(asking("two", 1));
    await settle();
    expect(took()).toEqual([]);
    expect((await world.request("/admin/alerts/hook")).status).toBe(404);
    // The directory knows that there is none any more.
    expect(await runInDurableObject(alerts(), (_, { storage }) => storage.getAlarm())).toBeNull();
  });

  // spec: ALERT-6
  test("costs nothing where there is none", async () => {
    const calls = vi.spyOn(DirectoryObject.prototype, "watched");
    await deliver(asking("trip", 1));
    expect(calls).not.toHaveBeenCalled();
    expect(await runInDurableObject(alerts(), (_, { storage }) => storage.getAlarm())).toBeNull();
  });
});

describe("a delivery", () => {
  // spec: ALERT-4
  test("that fails is tried again under the same id, and each try is listed", async () => {
    await put("hook");
    answers = () => new Response("down", { status: 503 });
    await deliver(asking("trip", 1));
    expect(await show("hook")).toMatchObject({
      state: "failing",
      reason: "the receiver answers 503: down",
      pending: 1,
      deliveries: [{ event: "waiting", state: "pending", tries: [{ outcome: "retry", status: 503 }] }],
    });
    answers = () => new Response("oops", { status: 500 });
    await pass(2 * SECOND);
    answers = () => {
      throw new Error("no route");
    };
    await pass(5 * SECOND);
    answers = () => new Response();
    await pass(10 * SECOND);
    const shown = await show("hook");
    expect(shown).toMatchObject({ state: "on", delivered: 1, pending: 0 });
    expect(shown.deliveries[0]?.tries.map(({ outcome, reason }) => `${outcome} ${reason ?? ""}`)).toEqual([
      "retry the receiver answers 503: down",
      "retry the receiver answers 500: oops",
      "retry hook.example.com could not be reached: no route",
      "accepted ",
    ]);
    expect(new Set(received.map(({ headers }) => headers["webhook-id"]))).toEqual(new Set([shown.deliveries[0]?.id]));
    for (const { body, headers } of received.slice(-1)) new Webhook(SECRET).verify(body, headers);
  });

  test("that waits is dropped with its session, and its sent alerts are not listed any more", async () => {
    await put("hook", { question: "included" });
    await deliver(asking("one", 1, "Which harbour?"));
    answers = () => new Response("down", { status: 503 });
    await deliver(asking("two", 1, "Which day?"));
    expect(await show("hook")).toMatchObject({ delivered: 1, pending: 1 });
    answers = () => new Response();
    took();
    for (const session of ["one", "two"]) await world.request(`/sessions/${session}`, { method: "DELETE" });
    await settle();
    await pass(3_600 * SECOND);
    expect(took()).toEqual([]);
    expect(await show("hook")).toMatchObject({ delivered: 1, pending: 0, deliveries: [] });
  });

  test("that is refused is not tried again, and one that asks for a pause gets it", async () => {
    await put("hook");
    answers = () => new Response(null, { status: 410 });
    await deliver(asking("one", 1));
    await pass(3_600 * SECOND);
    expect(received).toHaveLength(1);
    expect((await show("hook")).deliveries).toMatchObject([{ state: "refused", tries: [{ status: 410 }] }]);
    answers = () => new Response(null, { status: 429, headers: { "retry-after": "120" } });
    await deliver(asking("two", 1));
    await pass(100 * SECOND);
    expect(received).toHaveLength(2);
    answers = () => new Response();
    await pass(30 * SECOND);
    expect(received).toHaveLength(3);
  });

  test("that fails by any status from 500 on waits for as long as the receiver asks", async () => {
    await put("hook");
    answers = () => new Response("busy", { status: 500, headers: { "retry-after": "120" } });
    await deliver(asking("one", 1));
    answers = () => new Response();
    await pass(100 * SECOND);
    expect(received).toHaveLength(1);
    await pass(30 * SECOND);
    expect(received).toHaveLength(2);
  });

  // spec: ALERT-5
  test("to a receiver that does not answer holds up no other one", async () => {
    await put("dead");
    await put("live");
    const { promise, resolve } = Promise.withResolvers<Response>();
    answers = async (host) => (host === "dead.example.com" ? await promise : new Response());
    await world.deliver([asking("trip", 1)]);
    await reported(new Set(["trip"]));
    await runDurableObjectAlarm(alerts());
    await world.until(async () => (await show("live")).delivered === 1);
    expect((await show("dead")).pending).toBe(1);
    resolve(new Response());
    await world.until(async () => (await show("dead")).delivered === 1);
  });

  // spec: ALERT-4
  test("of a change that the directory stored before it died is made when the session reports again", async () => {
    await put("hook");
    // It dies after it stored the report, before it called.
    const called = vi.spyOn(DirectoryObject.prototype, "report").mockImplementationOnce(async function (
      this: DirectoryObject,
      ...args: Parameters<DirectoryObject["report"]>
    ) {
      called.mockRestore();
      this.setAlerts(world.caller(), "off");
      await this.report(...args);
      this.setAlerts(world.caller(), "on");
      throw new Error("killed (a test's fault)");
    });
    vi.spyOn(console, "warn").mockReturnValue();
    await deliver(asking("trip", 1));
    await world.rest([traceIdOf("trip"), "trip"]);
    await settle();
    expect(took()).toEqual(["hook waiting trip"]);
  });

  // spec: ALERT-4
  test("of a change is made when the alerts can be called again, after one failed call and after more", async () => {
    await put("hook");
    const called = vi.spyOn(AlertsObject.prototype, "changed").mockImplementation(() => {
      throw new Error("unreachable (a test's fault)");
    });
    vi.spyOn(console, "warn").mockReturnValue();
    await deliver(asking("trip", 1));
    await world.rest([traceIdOf("trip"), "trip"]);
    await runDurableObjectAlarm(directory());
    called.mockRestore();
    const alarm = await runInDurableObject(directory(), (_, { storage }) => storage.getAlarm());
    expect(alarm).toBe(Date.now() + 5 * SECOND);
    await runDurableObjectAlarm(directory());
    await settle();
    expect(took()).toEqual(["hook waiting trip"]);
  });
});

test("a directory that was damaged and is made anew calls the alerts again, after the comparison", async () => {
  await put("hook");
  await deliver(asking("before", 1));
  expect(took()).toEqual(["hook waiting before"]);
  await deliver(now("before", 1));
  await pass(60 * SECOND);
  await world.lose(directory());
  await evictDurableObject(alerts());
  expect((await world.request("/admin/rebuild", { method: "POST" })).status).toBe(200);
  await settle();
  await deliver(asking("trip", 1));
  expect(took()).toEqual(["hook waiting trip"]);
});

test("bodies for Slack and Teams say the same, and texts of spans are only text in them", async () => {
  const hostile = "Deploy <!channel> & [run](https://evil.example) *now*?";
  await put("slack", { format: "slack", secret: undefined, question: "included" });
  await put("teams", { format: "teams", secret: undefined, question: "included" });
  await deliver(asking("trip", 1, hostile));
  const bodies = Object.fromEntries(
    received.map(({ url, body }) => [new URL(url).host.split(".")[0], JSON.parse(body) as object]),
  );
  const url = `${world.ORIGIN}/sessions/trip?span=${traceIdOf("trip")}:${spanId(1)}`;
  const escaped = "Deploy &lt;!channel&gt; &amp; [run](https://evil.example) *now*?";
  expect(bodies["slack"]).toEqual({ text: expect.stringMatching(/^Needs you: </) });
  expect(JSON.stringify(bodies["slack"])).toContain(`<${url}|`);
  expect(JSON.stringify(bodies["slack"])).toContain(`>${escaped}`);
  expect(bodies["teams"]).toMatchObject({
    type: "message",
    attachments: [
      {
        contentType: "application/vnd.microsoft.card.adaptive",
        content: {
          type: "AdaptiveCard",
          body: [
            { type: "RichTextBlock", inlines: [{ type: "TextRun", text: "Needs you: " }, { type: "TextRun" }] },
            { type: "RichTextBlock", inlines: [{ type: "TextRun", text: hostile }] },
          ],
          actions: [{ type: "Action.OpenUrl", url }],
        },
      },
    ],
  });
});
