import { randomBytes } from "node:crypto";
import { afterAll, expect, test } from "vitest";
import { startProgram, temporaryDirectory } from "../program/program.ts";
import { exportOf, otlpReceiver, post } from "../sinks/real/otlp-receiver.ts";
import { closeBrowser, openPage } from "./open-page.ts";

afterAll(closeBrowser);

test("an upstream is added from a preset, tested, replayed and deleted", async () => {
  const receiver = await otlpReceiver();
  const program = await startProgram({ DATA_DIR: await temporaryDirectory() });
  await post(program.url, "/v1/traces", exportOf(randomBytes(16).toString("hex"), "earlier"));
  const { page, complaints, picture } = await openPage();
  await page.goto(`${program.url}/`);
  await page.getByRole("link", { name: "Upstreams" }).click();
  await page.getByText("No upstream yet").waitFor();
  expect(new URL(page.url()).pathname).toBe("/admin/upstreams");

  await page.getByLabel("Backend").selectOption({ label: "Honeycomb" });
  await page.getByLabel("Endpoint").fill(receiver.url);
  await page.getByLabel("x-honeycomb-team").fill("sk-secret");
  await page.getByLabel("Which traces").selectOption({ label: "Of a service" });
  await page.getByLabel("Service", { exact: true }).fill("sinks-test");
  await page.keyboard.press("Enter");
  const card = page.getByRole("listitem").filter({ has: page.getByRole("heading", { name: "honeycomb" }) });
  await card.waitFor();
  await expect.poll(async () => await page.evaluate(() => document.activeElement?.textContent)).toBe("honeycomb");
  expect(await card.innerText()).toContain(`${receiver.url}/v1/traces · traces of the service sinks-test`);
  expect(await page.content()).not.toContain("sk-secret");

  await page.getByRole("button", { name: "Test honeycomb" }).click();
  await card.getByText("Accepted · status 200").waitFor();
  expect(receiver.received[0]).toMatchObject({
    headers: { "x-honeycomb-team": "sk-secret" },
    spans: [{ name: "spanfold test" }],
  });

  receiver.answerWith(401);
  await post(program.url, "/v1/traces", exportOf(randomBytes(16).toString("hex"), "agent"));
  const status = async (): Promise<unknown> => await (await fetch(`${program.url}/admin/upstreams/honeycomb`)).json();
  await expect.poll(status).toMatchObject({ state: "failing", parked: 1 });
  await page.reload();
  await card.getByText("Failing for").waitFor();
  await card.getByText("the receiver answers 401").waitFor();
  await page.getByRole("button", { name: "Why parked? honeycomb" }).click();
  await expect.poll(async () => await card.getByRole("listitem").count()).toBe(1);
  await picture("upstreams-parked");
  receiver.answerWith(200);
  await page.getByRole("button", { name: "Replay parked of honeycomb" }).click();
  await card.getByText("1 trace on the way again").waitFor();
  await expect.poll(() => receiver.received.flatMap(({ spans }) => spans.map(({ name }) => name))).toContain("agent");
  await expect.poll(status).toMatchObject({ state: "on", parked: 0, delivered: 1 });

  await page.getByRole("button", { name: "Delete honeycomb" }).click();
  await page.getByRole("button", { name: "Keep" }).click();
  await page.getByRole("button", { name: "Delete honeycomb" }).click();
  await page
    .getByRole("group", { name: "Deletion of honeycomb" })
    .getByRole("button", { name: "Delete honeycomb" })
    .click();
  await page.getByText("No upstream yet").waitFor();
  expect(complaints).toEqual([]);
});

test("after one is added the form is empty, and what is typed stays while the list can't be read", async () => {
  const program = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const { page } = await openPage();
  await page.goto(`${program.url}/admin/upstreams`);
  const form = page.getByRole("form", { name: "Add an upstream" });
  await form.getByLabel("Backend").selectOption({ label: "Jaeger" });
  await form.getByRole("textbox", { name: /^Name/ }).fill("traces");
  await form.getByLabel("Endpoint").fill("http://jaeger:4318");
  await form.getByLabel("Which traces").selectOption({ label: "Of a service" });
  await form.getByLabel("Service", { exact: true }).fill("planner");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "traces", exact: true }).waitFor();
  await expect.poll(() => form.getByRole("textbox", { name: /^Name/ }).inputValue()).toBe("");
  await expect.poll(() => form.getByText("replaces the one of this name").count()).toBe(0);
  await expect.poll(() => form.getByLabel("Service", { exact: true }).count()).toBe(0);

  await form.getByRole("textbox", { name: /^Name/ }).fill("other");
  await page.route("**/admin/upstreams", async (route) => await route.abort());
  await page.getByText("The upstreams could not be read").waitFor();
  expect(await form.getByRole("textbox", { name: /^Name/ }).inputValue()).toBe("other");
  expect(await page.getByRole("heading", { name: "traces", exact: true }).count()).toBe(1);
});

test("a hostile value to match turns nothing around, and a small share is no 0 %", async () => {
  const program = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const match = { attribute: { key: "team", value: "a\u202etxet" } };
  const body = JSON.stringify({ endpoint: "http://jaeger:4318", match, sampling: 0.001 });
  await fetch(`${program.url}/admin/upstreams/a`, { method: "PUT", body });
  const { page } = await openPage();
  await page.goto(`${program.url}/admin/upstreams`);
  const line = page.locator(".upstream-endpoint");
  await line.getByText(", 0.1 % of them").waitFor();
  expect(await line.textContent()).toContain("traces with team = a");
  expect(await line.textContent()).not.toContain("\u202e");
});

test("the page asks for a token that may administer, and shows what the server refuses", async () => {
  const program = await startProgram({
    DATA_DIR: await temporaryDirectory(),
    ADMIN_TOKEN: "admin-secret",
    VIEW_TOKEN: "view-secret",
  });
  const { page } = await openPage({ viewport: { width: 390, height: 844 } });
  await page.goto(`${program.url}/admin/upstreams`);
  await page.getByText("This deployment requires a token").waitFor();
  await page.getByLabel("Token").fill("view-secret");
  await page.keyboard.press("Enter");
  await page.getByText("This token lacks permission").waitFor();
  await page.getByLabel("Token").last().fill("admin-secret");
  await page.keyboard.press("Enter");
  await page.getByText("No upstream yet").waitFor();
  await page.getByLabel("Backend").selectOption("jaeger");
  await page.getByLabel("Endpoint").fill("ftp://jaeger");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByText("it must begin with https:// or http://").waitFor();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
});
