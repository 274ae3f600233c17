import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { AxeResults, RunOptions } from "axe-core";
import type { Page } from "playwright-core";
import { afterAll, expect, test } from "vitest";
import { closeBrowser } from "../e2e/open-page.ts";
import { GALLERY, goTo, openGallery } from "./gallery-page.ts";

afterAll(closeBrowser);

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const WIDTHS = [1440, 1280, 1024, 768, 390] as const;

/** What axe-core finds, a line each: rule, impact, first element. */
async function faultsOf(page: Page, options: RunOptions): Promise<string[]> {
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  return page.evaluate(async (options) => {
    const { axe } = globalThis as unknown as { axe: { run: (options: RunOptions) => Promise<AxeResults> } };
    const { violations } = await axe.run({ resultTypes: ["violations"], ...options });
    // Messages of spans have headings and tables of their own, as models wrote them.
    return violations
      .filter(({ id }) => id !== "heading-order" && id !== "empty-table-header")
      .map(
        ({ id, impact, nodes }) =>
          `${impact} ${id}: ${nodes[0]?.target.join(" ")} (${nodes.length} such)\n${nodes[0]?.failureSummary}`,
      );
  }, options);
}

test.each(GALLERY)("axe-core finds nothing in any width and either scheme: $name", async (state) => {
  const { page } = await openGallery({ viewport: { width: 1440, height: 900 } });
  await goTo(page, state);
  await page.evaluate(axe);
  const faults: Record<string, readonly string[]> = {};
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: width < 700 ? 844 : 900 });
    await page.emulateMedia({ colorScheme: "light" });
    faults[`light, ${width}`] = await faultsOf(page, {});
    // The scheme changes colours alone.
    await page.emulateMedia({ colorScheme: "dark" });
    faults[`dark, ${width}`] = await faultsOf(page, { runOnly: { type: "rule", values: ["color-contrast"] } });
  }
  expect(faults).toEqual(Object.fromEntries(Object.keys(faults).map((at) => [at, []])));
});
