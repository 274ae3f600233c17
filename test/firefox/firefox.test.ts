import { launch, type Page } from "puppeteer-core";
import { expect, onTestFinished, test } from "vitest";
import { freePort } from "../program/free-port.ts";
import { run, startProgram, temporaryDirectory } from "../program/program.ts";
import { findFirefox } from "./firefox.ts";

const firefox = findFirefox();
if (firefox === undefined) console.warn("Skipped: there is no Firefox on this machine. FIREFOX=/path/to/it names one.");

const TRACE = "5b8aa5a2d2c872e8321cf37308d69dfc";

/** Sends tool calls of one session, one after the other. */
async function sendCalls(url: string, session: string, first: number, last: number): Promise<void> {
  const now = BigInt(Date.now()) * 1_000_000n;
  for (let call = first; call <= last; call++) {
    const span = {
      traceId: TRACE,
      spanId: String(call).padStart(16, "0"),
      name: `call ${call}`,
      startTimeUnixNano: String(now + BigInt(call) * 1_000_000n),
      endTimeUnixNano: String(now + BigInt(call + 1) * 1_000_000n),
      attributes: Object.entries({
        "session.id": session,
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": `call_${call}`,
      }).map(([key, stringValue]) => ({ key, value: { stringValue } })),
    };
    const response = await fetch(`${url}/v1/traces`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }),
    });
    expect(response.status).toBe(200);
  }
}

/** A page of Firefox, and the errors that it reported. */
async function openFirefox(executablePath: string): Promise<{ readonly page: Page; readonly complaints: string[] }> {
  const browser = await launch({ browser: "firefox", executablePath, headless: true });
  onTestFinished(() => browser.close());
  const page = await browser.newPage();
  await page.setViewport({ width: 1280, height: 800 });
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  return { page, complaints };
}

const textOf = (page: Page, selector: string): Promise<string> =>
  page.evaluate((wanted) => document.querySelector(wanted)?.textContent ?? "", selector);

/** Titles of the timeline's rows, top down. */
const titles = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    Array.from(document.querySelectorAll('[role="treegrid"] .span-title'), ({ textContent }) => textContent ?? ""),
  );

test.skipIf(firefox === undefined)("Firefox reads list and session, and resumes its stream without a gap", async () => {
  const environment = { DATA_DIR: await temporaryDirectory(), PORT: String(await freePort()) };
  const program = await startProgram(environment);
  await sendCalls(program.url, "resumed", 1, 5);
  expect((await run("demo", ["--fast", "--endpoint", program.url])).code).toBe(0);
  const { page, complaints } = await openFirefox(firefox ?? "");

  await page.goto(`${program.url}/sessions`);
  await page.waitForSelector('a[href="/sessions/resumed"]');
  await expect.poll(() => textOf(page, ".stream-word")).toBe("Live");
  // The list is up to two seconds behind its sessions.
  await expect.poll(() => page.evaluate(() => document.querySelectorAll(".session-row").length)).toBe(2);

  // Each reading of a session with models, tools and agents.
  await page.click('a[href^="/sessions/checkout-latency"]');
  await page.waitForSelector('[aria-label="Transcript"] .markdown');
  for (const [key, wanted] of [
    ["2", '[role="treegrid"] [role="row"]'],
    ["3", '[role="tabpanel"] table tbody tr'],
    ["4", '[role="tabpanel"] [role="row"]'],
    ["1", '[aria-label="Transcript"] .markdown'],
  ] as const) {
    await page.keyboard.press(key);
    await page.waitForSelector(wanted);
  }
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await page.waitForSelector('aside[aria-label="Span"]');
  await page.keyboard.press("Escape");
  expect(complaints).toEqual([]);

  // The server stops, more happens while it is away, and each call is shown once.
  await page.goto(`${program.url}/sessions/resumed?view=timeline`);
  const calls = (last: number) => Array.from({ length: last }, (_, at) => `call_${at + 1}`);
  await expect.poll(() => titles(page)).toEqual(calls(5));
  await sendCalls(program.url, "resumed", 6, 7);
  await expect.poll(() => titles(page)).toEqual(calls(7));
  await program.kill();
  await expect.poll(() => textOf(page, ".stream-word")).toBe("Reconnecting");
  const again = await startProgram(environment);
  await sendCalls(again.url, "resumed", 8, 12);
  await expect.poll(() => titles(page), { timeout: 60_000 }).toEqual(calls(12));
  await expect.poll(() => textOf(page, ".stream-word")).toBe("Live");
});
