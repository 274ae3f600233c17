import type { Page } from "playwright-core";
import { afterAll, expect, test } from "vitest";
import { closeBrowser } from "../e2e/open-page.ts";
import { GALLERY, type GalleryState, goTo, openGallery } from "./gallery-page.ts";

afterAll(closeBrowser);

const state = (name: string): GalleryState => {
  const found = GALLERY.find((one) => one.name === name);
  if (found === undefined) throw new Error(`the gallery has no state ${name}`);
  return found;
};

const MAIN_PAGES = [
  "overview",
  "list",
  "list, empty",
  "transcript",
  "timeline",
  "steps",
  "logs",
  "transcript, running",
  "inspector of a model",
  "search",
  "session not found",
].map(state);

/** What does not fit: a page that scrolls sideways, controls beyond its edge, and a reading without room. */
function misfits(): string[] {
  const { innerWidth, innerHeight } = globalThis;
  const sideways = [
    document.documentElement,
    ...document.querySelectorAll("main, .transcript > .scroller, .panel-body"),
  ]
    .filter((one) => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).overflowX !== "hidden")
    .map((one) => `${one.tagName} .${one.className} scrolls sideways`);
  // Rows of the timeline and tables are two-dimensional by nature; a list's tabs are a strip of its own.
  const own = ".rows, table, .tree-head, .session-head, .tabs, .exports";
  const beyond = Array.from(document.querySelectorAll<HTMLElement>("#page :is(button, a, input, select, [role=tab])"))
    .filter((one) => one.closest(own) === null && one.checkVisibility())
    .filter((one) => {
      const { left, right, width } = one.getBoundingClientRect();
      return width > 1 && (left < -1 || right > innerWidth + 1);
    })
    .map((one) => `${one.textContent || one.ariaLabel || one.className} is beyond the edge`);
  const low = Array.from(document.querySelectorAll<HTMLElement>(".reading"))
    .filter(({ clientHeight }) => clientHeight < Math.min(200, innerHeight / 2))
    .map(({ clientHeight }) => `the reading has ${clientHeight} pixels`);
  return [...sideways, ...beyond, ...low];
}

test.each([
  { of: "1440 × 900", viewport: { width: 720, height: 450 } },
  { of: "1280 × 1024", viewport: { width: 640, height: 512 } },
])("at 200 % of $of nothing is cut, and no page scrolls in two directions", async ({ viewport }) => {
  const { page, picture } = await openGallery({ viewport });
  for (const one of MAIN_PAGES) {
    await goTo(page, one);
    expect(await page.evaluate(misfits), one.name).toEqual([]);
    await picture(`zoomed-${viewport.width}-${one.name.replaceAll(/\W+/g, "-")}`);
  }
});

/** Texts of which a part is missing without a mark: half a figure is another figure. */
function cutTexts(): string[] {
  const found = new Set<string>();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const text = node.textContent?.trim() ?? "";
    if (text === "") continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const boxes = Array.from(range.getClientRects()).filter(({ width }) => width > 1);
    if (boxes.length === 0) continue;
    const left = Math.min(...boxes.map((box) => box.left));
    const right = Math.max(...boxes.map((box) => box.right));
    for (let around = node.parentElement; around !== null; around = around.parentElement) {
      const style = getComputedStyle(around);
      // An ellipsis is only drawn in a block.
      const isMarked =
        style.textOverflow === "ellipsis" &&
        /^(block|inline-block|flow-root|list-item|table-cell)$/.test(style.display);
      if (style.visibility === "hidden" || style.clipPath !== "none" || /auto|scroll/.test(style.overflowX)) break;
      if (style.overflowX === "visible") continue;
      const edge = around.getBoundingClientRect();
      if (isMarked && (right > edge.right || left < edge.left)) break;
      if (right > edge.right + 1 || left < edge.left - 1) found.add(`${around.className}: ${text.slice(0, 60)}`);
    }
  }
  return [...found];
}

test.each([1440, 1280, 1024, 768, 390])(
  "at %i pixels no figure is cut, and all controls can be reached",
  async (width) => {
    const { page, picture } = await openGallery({ viewport: { width, height: 900 } });
    for (const one of MAIN_PAGES) {
      await goTo(page, one);
      expect(await page.evaluate(cutTexts), one.name).toEqual([]);
      // A phone's strips scroll sideways.
      if (width > 720) expect(await page.evaluate(misfits), one.name).toEqual([]);
      await picture(`width-${width}-${one.name.replaceAll(/\W+/g, "-")}`);
    }
  },
);

test("with forced colours what is chosen has a line, and bars keep their colours", async () => {
  const { page, picture } = await openGallery({ forcedColors: "active", viewport: { width: 1280, height: 800 } });
  for (const one of MAIN_PAGES) {
    await goTo(page, one);
    const unmarked = await page.evaluate(() =>
      Array.from(document.querySelectorAll('#page :is(button, a):is([aria-selected="true"], [aria-pressed="true"])'))
        .filter((chosen) => getComputedStyle(chosen).outlineStyle === "none")
        .map(({ textContent }) => textContent),
    );
    expect(unmarked, one.name).toEqual([]);
    await picture(`forced-colours-${one.name.replaceAll(/\W+/g, "-")}`);
  }
  await goTo(page, state("transcript"));
  // A forced background would be the page's own.
  const share = page.locator(".shares > i").first();
  const colour = () => getComputedStyle(document.body).backgroundColor;
  expect(await share.evaluate((one) => getComputedStyle(one).backgroundColor)).not.toBe(await page.evaluate(colour));
});

test("with reduced motion nothing moves", async () => {
  const moving = (page: Page) => page.evaluate(() => document.getAnimations().length);
  for (const [reducedMotion, expected] of [
    ["no-preference", "some"],
    ["reduce", "none"],
  ] as const) {
    const { page } = await openGallery({ reducedMotion });
    let count = 0;
    for (const name of ["list", "transcript, running", "timeline, running", "list, connecting"]) {
      await goTo(page, state(name));
      count += await moving(page);
    }
    expect(count > 0 ? "some" : "none", reducedMotion).toBe(expected);
  }
});

test("a printed transcript has every step of every turn, and nothing of the page around it", async () => {
  const { page, picture } = await openGallery({ viewport: { width: 1280, height: 700 } });
  for (const [name, least, turns] of [
    ["transcript", 30, 2],
    ["inspector of a model", 30, 2],
    ["transcript of a coding agent", 15, 1],
  ] as const) {
    await goTo(page, state(name));
    const steps = page.locator('[aria-label="Transcript"] [role="listitem"]');
    await page.emulateMedia({ media: "print" });
    await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
    await expect.poll(() => steps.count(), { message: name }).toBeGreaterThan(least);
    const printed = await page.evaluate(() => {
      const all = Array.from(document.querySelectorAll<HTMLElement>('[aria-label="Transcript"] [role="listitem"]'));
      const { scrollHeight } = document.documentElement;
      const boxes = all.map((one) => one.getBoundingClientRect());
      return {
        around: Array.from(
          document.querySelectorAll<HTMLElement>(
            ".masthead, .session-toolbar, .panel, footer, .now, .cards, .overview",
          ),
        )
          .filter((one) => one.checkVisibility())
          .map(({ className }) => className),
        hidden: all.filter((one) => !one.checkVisibility()).length,
        // Pages follow the document: nothing is in a part of it that scrolls by itself.
        beyond: boxes.filter(({ bottom }) => bottom + scrollY > scrollHeight + 1).length,
        overlapping: boxes.filter(({ top }, at) => at > 0 && top < (boxes[at - 1]?.bottom ?? 0) - 1).length,
        title: document.querySelector("h1")?.checkVisibility(),
      };
    });
    expect(printed, name).toEqual({ around: [], hidden: 0, beyond: 0, overlapping: 0, title: true });
    const headings = await page.getByRole("heading", { name: /^Turn \d/ }).allTextContents();
    expect(headings.length, name).toBeGreaterThanOrEqual(turns);
    const sheets = (await page.pdf({ format: "A4" })).toString("latin1").match(/\/Type\s*\/Page\b/g);
    expect(sheets?.length, name).toBeGreaterThanOrEqual(turns);
    await picture(`printed-${name.replaceAll(/\W+/g, "-")}`);
    await page.evaluate(() => dispatchEvent(new Event("afterprint")));
    await page.emulateMedia({ media: "screen" });
  }
});
