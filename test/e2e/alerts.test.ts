import axe from "axe-core";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { startProgram, temporaryDirectory } from "../program/program.ts";
import { exportOf, post } from "../sinks/real/otlp-receiver.ts";
import { closeBrowser, openPage } from "./open-page.ts";

afterAll(closeBrowser);

type Received = { readonly headers: Record<string, string>; readonly body: string };

async function openReceiver() {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (piece: string) => (body += piece));
    request.on("end", () => {
      received.push({ headers: request.headers as Record<string, string>, body });
      response.end();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  onTestFinished(close);
  return { received, close, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook/path-secret` };
}

test("an alert is set, tested and removed on the page, and its secret is the receiver's", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const receiver = await openReceiver();
  await post(url, "/v1/traces", exportOf("a".repeat(32), "chat", { "session.id": "trip" }));
  const { page, complaints, picture } = await openPage();
  await page.goto(`${url}/sessions`);
  await page.getByRole("button", { name: "Notify me" }).click();
  await page.getByRole("button", { name: "Webhooks, Slack, Teams…" }).click();
  const dialog = page.getByRole("dialog", { name: "Alerts by webhook" });
  await dialog.getByText("There is none yet.").waitFor();
  await dialog.getByLabel("Name").fill("on-call");
  await dialog.getByLabel("URL").fill(receiver.url);
  await dialog.getByLabel("failed").check();
  await dialog.getByLabel("or costs more than").fill("5");
  const secret = (await dialog.locator("code").textContent()) ?? "";
  await page.evaluate(axe.source);
  const found = await page.evaluate<string[]>(
    "axe.run('.alerts').then(({ violations }) => violations.map(({ id }) => id))",
  );
  expect(found).toEqual([]);
  await picture("alerts-form");
  await dialog.getByRole("button", { name: "Set" }).click();
  await dialog.getByText("on-call is set.").waitFor();
  await dialog.getByText("needs you, failed, over $5").waitFor();
  await dialog.getByRole("button", { name: "Test" }).click();
  await dialog.getByText(/^Arrived: status 200 after/).waitFor();
  const [{ headers, body } = { headers: {}, body: "" }] = receiver.received;
  expect(new Webhook(secret).verify(body, headers)).toMatchObject({
    type: "session.waiting",
    data: { session: "test" },
  });
  expect(await dialog.textContent()).not.toContain("path-secret");
  await picture("alerts");
  await page.emulateMedia({ colorScheme: "dark" });
  await page.setViewportSize({ width: 390, height: 844 });
  await picture("alerts-dark-390");
  await dialog.getByLabel("Name").fill("bad");
  await dialog.getByLabel("URL").fill("ftp://example.com");
  await dialog.getByRole("button", { name: "Set" }).click();
  await dialog.getByText("the url is refused: it must begin with https:// or http://").waitFor();
  await dialog.getByRole("button", { name: "Remove on-call" }).click();
  await dialog.getByText("There is none yet.").waitFor();
  await page.keyboard.press("Escape");
  await expect.poll(() => page.getByRole("dialog").count()).toBe(0);
  // The refused one.
  expect(complaints.filter((line) => !line.includes("400"))).toEqual([]);
});

test("hostile names of sessions turn nothing around", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const body = JSON.stringify({
    on: ["waiting"],
    format: "slack",
    sessions: ["a\u202epirt"],
    url: "http://127.0.0.1:1",
  });
  await post(url, "/v1/traces", exportOf("a".repeat(32), "chat", { "session.id": "trip" }));
  expect((await fetch(`${url}/admin/alerts/one`, { method: "PUT", body })).status).toBe(200);
  const { page } = await openPage();
  await page.goto(`${url}/sessions`);
  await page.getByRole("button", { name: "Notify me" }).click();
  await page.getByRole("button", { name: "Webhooks, Slack, Teams…" }).click();
  const row = page.getByRole("dialog", { name: "Alerts by webhook" }).getByRole("listitem");
  await row.getByText("needs you · a").waitFor();
  expect(await row.textContent()).not.toContain("\u202e");
});

test("the page says why an alert was not accepted, and why a request about one failed", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const receiver = await openReceiver();
  const put = await fetch(`${url}/admin/alerts/on-call`, {
    method: "PUT",
    body: JSON.stringify({ on: ["waiting"], url: receiver.url, format: "slack" }),
  });
  expect(put.status).toBe(200);
  const { page } = await openPage();
  await post(url, "/v1/traces", exportOf("a".repeat(32), "chat", { "session.id": "trip" }));
  await page.goto(`${url}/sessions`);
  await page.getByRole("button", { name: "Notify me" }).click();
  await page.getByRole("button", { name: "Webhooks, Slack, Teams…" }).click();
  const dialog = page.getByRole("dialog", { name: "Alerts by webhook" });
  await dialog.getByText(/^Slack at 127\.0\.0\.1:\d+ · on/).waitFor();
  const test = dialog.getByRole("button", { name: "Test" });
  receiver.close();
  await test.click();
  await dialog.getByText(/^Not accepted; an alert would be sent again: .* could not be reached/).waitFor();

  await page.route("**/admin/alerts/**", (route) => route.abort());
  const outcome = dialog.getByRole("status");
  await test.click();
  await expect.poll(() => outcome.textContent()).toBe("the server cannot be reached");
  await dialog.getByLabel("Name").fill("other");
  await dialog.getByLabel("URL").fill(receiver.url);
  await dialog.getByRole("button", { name: "Set" }).click();
  await dialog.getByRole("alert").getByText("the server cannot be reached").waitFor();
  await page.unroute("**/admin/alerts/**");
  await page.route("**/admin/alerts/**", (route) => route.fulfill({ status: 500 }));
  await dialog.getByRole("button", { name: "Remove on-call" }).click();
  await expect.poll(() => outcome.textContent()).toBe("the server answered 500");
});
