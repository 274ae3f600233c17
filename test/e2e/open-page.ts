import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page, Response as PageResponse } from "playwright-core";
import { expect, onTestFinished } from "vitest";
import { checkAnswer } from "../api/answers.ts";
import { type Fonts, launchChromium } from "./chromium.ts";

const screenshots = join(import.meta.dirname, "..", "..", ".cache", "screenshots");

let browser: Promise<Browser> | undefined;
let fonts: Fonts = "machine";

/** Call before the first page. */
export function useFonts(wanted: Fonts): void {
  fonts = wanted;
}

export type OpenPage = {
  readonly page: Page;
  /** Errors that the browser reported: scripts, blocked content, failed requests. */
  readonly complaints: string[];
  /** Saves a screenshot. */
  readonly picture: (name: string) => Promise<void>;
};

/** A page in its own context, closed after the test. The tests of a file share the browser. */
export async function openPage(options: BrowserContextOptions = {}): Promise<OpenPage> {
  browser ??= launchChromium(fonts);
  const context = await (await browser).newContext({ viewport: { width: 1360, height: 850 }, ...options });
  const checks: Promise<void>[] = [];
  onTestFinished(async () => {
    await context.close();
    await Promise.all(checks);
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("response", (response) => checks.push(checkResponse(response)));
  return {
    page,
    complaints,
    async picture(name) {
      await mkdir(screenshots, { recursive: true });
      await page.screenshot({ path: join(screenshots, `${name}.png`) });
    },
  };
}

/** Checks a JSON answer that the page received against its schema. */
async function checkResponse(response: PageResponse): Promise<void> {
  const [type = ""] = (response.headers()["content-type"] ?? "").split(";");
  if (!/\bjson$/.test(type)) return;
  // The browser drops the text when the page leaves.
  const text = await response.text().catch(() => undefined);
  const { pathname } = new URL(response.url());
  if (text !== undefined) checkAnswer(response.request().method(), pathname, response.status(), type, text);
}

/** Waits until a session that is shown is live and whole: what arrives before is not new to the reader. */
export async function untilWhole(page: Page): Promise<void> {
  await expect.poll(() => page.getByRole("status").first().textContent()).toBe("Live");
  await page.locator('main.session[aria-busy="false"]').waitFor();
}

/** Waits until the page has drawn so often: as long as that takes on this machine. */
export async function drawings(page: Page, count: number): Promise<void> {
  await page.evaluate(async (most) => {
    for (let at = 0; at < most; at++) await new Promise((resolve) => requestAnimationFrame(resolve));
  }, count);
}

/** From any reading of a session to its spans. */
export async function showTimeline(page: Page): Promise<void> {
  await page.getByRole("tab", { name: "Timeline" }).click();
}

/** For `afterAll`. */
export async function closeBrowser(): Promise<void> {
  await (await browser)?.close();
  browser = undefined;
}
