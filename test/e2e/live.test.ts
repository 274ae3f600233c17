import { afterAll, expect, test } from "vitest";
import { run, startProgram, temporaryDirectory } from "../program/program.ts";
import { closeBrowser, openPage, showTimeline } from "./open-page.ts";

afterAll(closeBrowser);

/** Rows outside the view are not in the document; this view has room for the whole session. */
const TALL = { viewport: { width: 1360, height: 1700 } };

test("the first session replaces the empty page, and a click shows a tool's answer", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const { page, complaints, picture } = await openPage(TALL);

  await page.goto(`${url}/sessions`);
  await page.getByText("Waiting for the first span").waitFor();
  expect(await page.getByText("OTEL_EXPORTER_OTLP_ENDPOINT").first().locator("xpath=..").textContent()).toContain(url);
  await picture("empty");

  // A reload would lose this.
  await page.evaluate(() => Object.assign(globalThis, { notReloaded: true }));
  const demo = run("demo", ["--fast", "--endpoint", url]);
  const link = page.locator('a.row-link[href^="/sessions/checkout-latency-"]');
  await link.waitFor();
  await picture("list");
  expect(await demo).toMatchObject({ code: 0 });
  await link.click();
  await showTimeline(page);

  const rows = page.getByRole("treegrid").getByRole("row");
  await rows.filter({ hasText: "status-note" }).first().waitFor();
  const failed = rows
    .filter({ has: page.locator('[title="tool.run_sql"]') })
    .filter({ has: page.getByLabel("Error", { exact: true }) });
  await failed.click();
  const panel = page.getByRole("complementary", { name: "Span" });
  await panel.getByText("canceling statement due to statement timeout").first().waitFor();
  expect(await panel.textContent()).toContain("StatementTimeout");
  await picture("failed-tool");

  await rows.filter({ has: page.locator('[title="tool.search_logs"]') }).click();
  await panel.getByText("pool exhausted, 20 waiting").first().waitFor();
  expect(new URL(page.url()).search + new URL(page.url()).hash).not.toBe("");
  await picture("tool");

  expect(await page.evaluate(() => Object.hasOwn(globalThis, "notReloaded"))).toBe(true);
  expect(complaints).toEqual([]);
});

test("rows appear while their spans run, and the session waits for its question's answer", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const { page, complaints, picture } = await openPage(TALL);
  await page.goto(`${url}/sessions`);
  await page.getByText("Waiting for the first span").waitFor();

  const demo = run("demo", ["--endpoint", url]);
  await page.locator('a[href^="/sessions/checkout-latency-"]').click();
  await showTimeline(page);
  const rows = page.getByRole("treegrid").getByRole("row");
  await rows.filter({ has: page.locator('[title="tool.query_metrics"]') }).waitFor();
  await expect.poll(() => page.getByRole("status").first().textContent()).toBe("Live");
  // The agents have not ended: their processes announced them.
  const early = await rows.allTextContents();
  for (const agent of ["agent.sre/investigator", "agent.sre/metrics-analyst", "agent.sre/log-analyst"]) {
    expect(await page.locator(`.span-title[title="${agent}"]`).count()).toBe(1);
  }
  expect(await page.getByLabel("Not received").count()).toBe(0);
  // The question is open for some seconds: the page itself looks for them, with each drawing.
  const waiting = page.waitForFunction(() => document.title.startsWith("Waiting"), undefined, { timeout: 90_000 });
  await picture("live-early");

  await page.getByText("Create the index promotions_lower_code on the production database now?").first().waitFor();
  await waiting;
  await picture("live-waiting");
  expect(await rows.count()).toBeGreaterThan(early.length);
  expect(await demo).toMatchObject({ code: 0 });

  // Everything was received: no placeholder is left.
  await rows.filter({ has: page.locator('[title="query.status-note.dispatch"]') }).waitFor();
  await expect.poll(() => page.getByLabel("Not received").count()).toBe(0);
  // The status is finished after ten seconds without data.
  await expect.poll(() => page.title(), { timeout: 60_000 }).toMatch(/^Finished/);
  await picture("finished");

  // Exports that a page loads came long ago: none of them pulses.
  await page.reload();
  await page.locator(".exports-pulse").waitFor();
  const running =
    "document.getAnimations().map(({ animationName }) => animationName).filter((name) => name === 'arrive')";
  expect(await page.evaluate(running)).toEqual([]);
  expect(complaints).toEqual([]);
});
