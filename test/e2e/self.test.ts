import { afterAll, expect, test } from "vitest";
import { run, startProgram, temporaryDirectory } from "../program/program.ts";
import { closeBrowser, openPage } from "./open-page.ts";

afterAll(closeBrowser);

// spec: OWN-6
test("the program's own traces are a page under /self, which asks for nothing elsewhere and makes no trace", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory(), TELEMETRY_SAMPLING_RATE: "1" });
  const headers = { "content-type": "application/json" };
  expect((await fetch(`${url}/v1/traces`, { method: "POST", headers, body: "{}" })).status).toBe(200);

  const { page, complaints, picture } = await openPage();
  const elsewhere: string[] = [];
  page.on("request", (request) => {
    const path = new URL(request.url()).pathname;
    if (!/^\/(self|build)\//.test(path) && path !== "/favicon.svg") elsewhere.push(path);
  });
  await page.goto(`${url}/self/sessions`);
  await page.getByRole("navigation", { name: "Breadcrumb" }).getByText("Own traces").waitFor();
  const list = page.getByRole("table", { name: "Sessions" });
  await list.waitFor();
  expect(await page.getByRole("button", { name: "Import" }).count()).toBe(0);
  // The first request does not name them all.
  await list.getByRole("link", { name: /^spanfold \d{4}-/ }).click();
  await page.waitForURL(/\/self\/sessions\/spanfold%20/);
  const session = decodeURIComponent(new URL(page.url()).pathname.slice("/self/sessions/".length));
  await page.getByText("decode traces").waitFor();
  expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe(session);
  await expect.poll(() => page.title()).toContain(`${session} · Own traces · Spanfold`);
  await page.getByRole("button", { name: "Details, export, delete" }).click();
  await page.getByRole("button", { name: "Transcript" }).waitFor();
  expect(await page.getByRole("button", { name: "Delete this session" }).count()).toBe(0);
  await page.keyboard.press("Escape");
  await picture("self-timeline");
  await page.getByRole("link", { name: "Sessions" }).first().click();
  await page.waitForURL(`${url}/self/sessions`);
  expect([elsewhere, complaints]).toEqual([[], []]);

  const environment = { SPANFOLD_URL: `${url}/self`, NO_COLOR: "1" };
  const { output } = await run("show", [session], environment);
  expect(output).toMatch(/✓ POST \/v1\/traces[\s\S]*✓ decode traces/);
  expect(output.match(/^✓ .*/gm)).toHaveLength(1);
});
