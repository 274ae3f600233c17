import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";
import { expect, onTestFinished, test } from "vitest";
import type { Program } from "./program.ts";
import { startProgram, temporaryDirectory } from "./program.ts";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

type Received = { readonly headers: Record<string, string>; readonly body: string };

/** A receiver of webhooks on this machine. */
async function openReceiver(answer: (response: ServerResponse, count: number) => void) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    void textOf(request).then((body) => {
      received.push({ headers: request.headers as Record<string, string>, body });
      answer(response, received.length);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { received, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook` };
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const piece of request.setEncoding("utf8")) text += String(piece);
  return text;
}

async function put(program: Program, url: string): Promise<void> {
  const body = JSON.stringify({ on: ["waiting"], url, secret: SECRET });
  const response = await fetch(`${program.url}/admin/alerts/hook`, { method: "PUT", body });
  expect(response.status, await response.text()).toBe(200);
}

/** Exports a span that asks a person. */
async function ask(program: Program, session: string): Promise<void> {
  const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
  const span = {
    traceId: Buffer.from(session).toString("hex").padEnd(32, "0").slice(0, 32),
    spanId: "00000000000000a1",
    name: "ask",
    kind: 1,
    startTimeUnixNano: `${Date.now() - 1_000}000000`,
    endTimeUnixNano: `${Date.now()}000000`,
    attributes: [text("session.id", session), text("a2a.task.state", "input-required"), text("output.value", "Ship?")],
  };
  const response = await fetch(`${program.url}/v1/traces`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }),
  });
  expect(response.status).toBe(200);
}

// spec: ALERT-4
test("a kill while an alert is sent, and one right after an export, lose none of them", async () => {
  const DATA_DIR = await temporaryDirectory();
  // The first request gets no answer.
  const { received, url } = await openReceiver((response, count) => void (count > 1 && response.end()));
  const first = await startProgram({ DATA_DIR });
  await put(first, url);
  await ask(first, "trip");
  await expect.poll(() => received.length).toBe(1);
  await ask(first, "later");
  await first.kill();

  const second = await startProgram({ DATA_DIR });
  const notified = () => received.map(({ body }) => (JSON.parse(body) as { data: { session: string } }).data.session);
  await expect.poll(() => notified().toSorted(), { timeout: 60_000 }).toEqual(["later", "trip", "trip"]);
  const ids = received.filter((_, at) => notified()[at] === "trip").map(({ headers }) => headers["webhook-id"]);
  expect(ids[1]).toBe(ids[0]);
  for (const { headers, body } of received) new Webhook(SECRET).verify(body, headers);
  await expect
    .poll(async () => await (await fetch(`${second.url}/admin/alerts/hook`)).json())
    .toMatchObject({ state: "on", delivered: 2, pending: 0 });
  expect(second.printed()).not.toContain(SECRET.slice(6));
});
