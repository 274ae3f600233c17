import { afterAll, expect, test } from "vitest";
import { startProgram, temporaryDirectory } from "../program/program.ts";
import { closeBrowser, openPage } from "./open-page.ts";

afterAll(closeBrowser);

async function startWithSession(): Promise<{ readonly url: string }> {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory(), TELEMETRY_SAMPLING_RATE: "1" });
  const now = BigInt(Date.now()) * 1_000_000n;
  const span = {
    traceId: "5b8aa5a2d2c872e8321cf37308d69df2",
    spanId: "051581bf3cb55c13",
    name: "execute_tool book_hotel",
    startTimeUnixNano: String(now - 2_000_000_000n),
    endTimeUnixNano: String(now - 1_000_000_000n),
    attributes: Object.entries({
      "session.id": "first",
      "gen_ai.operation.name": "execute_tool",
      "gen_ai.tool.name": "book_hotel",
    }).map(([key, stringValue]) => ({ key, value: { stringValue } })),
  };
  const { status } = await fetch(`${url}/v1/traces`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }),
  });
  expect(status).toBe(200);
  return { url };
}

/** The files that a page's header names. */
async function namedFiles(url: string): Promise<readonly string[]> {
  const response = await fetch(url, { headers: { accept: "text/html" } });
  await response.body?.cancel();
  return Array.from((response.headers.get("link") ?? "").matchAll(/<([^>]+)>/g), ([, file = ""]) => file);
}

test.for([
  ["/", ".brand svg"],
  ["/sessions", ".session-row"],
  ["/sessions/first", ".step"],
  ["/self/", ".brand svg"],
  ["/self/sessions", ".session-row"],
])("the first rows of %s need no code but what the page's header names", async ([path = "", row = ""]) => {
  const { url } = await startWithSession();
  const named = await namedFiles(url + path);
  const { page } = await openPage();
  const others: string[] = [];
  const warnings: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "warning") warnings.push(message.text());
  });
  await page.route("**/build/**", async (route) => {
    const file = new URL(route.request().url()).pathname;
    if (named.includes(file)) return await route.continue();
    others.push(file);
    return await route.abort();
  });
  await page.goto(url + path);
  await page.locator(row).first().waitFor();
  // Each file that it names is needed: the browser would complain otherwise, but only after seconds.
  const used = await page.evaluate(() =>
    performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname),
  );
  expect([named.filter((file) => !used.includes(file)), warnings]).toEqual([[], []]);
});

test("what a reader opens next is here without the network", async () => {
  const { url } = await startWithSession();
  const { page } = await openPage();
  const loaded: string[] = [];
  page.on("requestfinished", (request) => loaded.push(new URL(request.url()).pathname.replace("/build/", "")));
  await page.goto(`${url}/sessions/first`);
  await page.locator(".step", { hasText: "book_hotel" }).first().waitFor();
  const later = ["timeline-reading.js", "steps-reading.js", "span-panel.js", "shortcuts.js", "menu.js", "list.js"];
  await expect.poll(() => later.filter((file) => !loaded.includes(file))).toEqual([]);
  await page.context().setOffline(true);
  await page.getByRole("tab", { name: "Timeline" }).click();
  await page.getByRole("treegrid").getByRole("row").filter({ hasText: "book_hotel" }).click();
  await page.getByRole("complementary", { name: "Span" }).getByRole("heading", { name: "book_hotel" }).waitFor();
  await page.getByRole("tab", { name: "Steps" }).click();
  await page.getByRole("radiogroup", { name: "Group by" }).waitFor();
  await page.keyboard.press("?");
  await page.getByRole("dialog").getByRole("heading", { name: "Keyboard" }).waitFor();
});
