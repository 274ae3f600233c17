import type { Browser, CDPSession, Page } from "playwright-core";

/** A page with its own cache, and the processor time of its main thread. */
export class MeasuredPage {
  readonly page: Page;
  readonly #session: CDPSession;

  private constructor(page: Page, session: CDPSession) {
    this.page = page;
    this.#session = session;
  }

  static async open(browser: Browser): Promise<MeasuredPage> {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    await page.addInitScript(WATCH);
    const session = await context.newCDPSession(page);
    // Processor time of the thread: other work of the machine does not count.
    await session.send("Performance.enable", { timeDomain: "threadTicks" });
    return new MeasuredPage(page, session);
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }

  /** Processor time of all tasks of the main thread so far, milliseconds. */
  async busy(): Promise<number> {
    return (await this.#metric("TaskDuration")) * 1e3;
  }

  /** Of `work`. */
  async busyDuring(work: () => Promise<void>): Promise<number> {
    const before = await this.busy();
    await work();
    return (await this.busy()) - before;
  }

  /** Of scripts after a collection, MB. */
  async heap(): Promise<number> {
    await this.#session.send("HeapProfiler.collectGarbage");
    return (await this.#metric("JSHeapUsedSize")) / 1e6;
  }

  async wait(millis: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, millis));
  }

  async #metric(name: string): Promise<number> {
    const { metrics } = await this.#session.send("Performance.getMetrics");
    return metrics.find((metric) => metric.name === name)?.value ?? Number.NaN;
  }
}

/** Milliseconds: a load of 80,000 spans takes some seconds. */
const PATIENCE = 120_000;

/** When a load reached its steps, milliseconds since the navigation. */
export type Load = { readonly paint: number; readonly row: number; readonly complete: number };

/**
 * Runs in the page before its scripts: notes the first frame with a row, and the first one with rows and a live stream of which all is
 * folded: nothing is complete before it is shown. It looks when something changed: a look in each frame would make the browser draw each of
 * them, a fifth of what loading 80,000 spans takes.
 */
const WATCH = `globalThis.loaded = new Promise((resolve) => {
  const loads = (globalThis.loads = {});
  const steps = {
    row: () => document.querySelector(".span-row, .session-row, .step") !== null,
    complete: () =>
      steps.row === undefined &&
      document.querySelector(".stream-live") !== null &&
      document.querySelector("main[aria-busy=true]") === null,
  };
  const look = () => {
    for (const [step, isReached] of Object.entries(steps)) {
      if (!isReached()) continue;
      delete steps[step];
      requestAnimationFrame(() => {
        loads[step] = performance.now();
        if (loads.row === undefined || loads.complete === undefined) return;
        observer.disconnect();
        resolve();
      });
    }
  };
  const observer = new MutationObserver(look);
  observer.observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["class", "aria-busy"] });
})`;

/** Loads an address and waits until it is complete and live. */
export async function load(measured: MeasuredPage, url: string): Promise<Load> {
  const { page } = measured;
  await page.goto(url, { waitUntil: "commit" });
  // Not `waitForFunction`, which the page's Content Security Policy stops.
  await page.evaluate(
    `Promise.race([globalThis.loaded, new Promise((_, fail) => setTimeout(() => fail(new Error("no row")), ${PATIENCE}))])`,
  );
  const [paint, row, complete] = (await page.evaluate(
    `[performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? NaN, loads.row, loads.complete]`,
  )) as [number, number, number];
  return { paint, row, complete };
}

/** Scrolls the rows by some pixels in each of so many frames. */
export async function scroll({ page }: MeasuredPage, frames: number, pixels: number): Promise<void> {
  await page.evaluate(
    `new Promise((resolve) => {
      const scroller = document.querySelector(".reading .scroller, .session-table .scroller");
      let left = ${frames};
      const next = () => {
        scroller.scrollTop += ${pixels};
        if (--left > 0) requestAnimationFrame(next);
        else resolve();
      };
      requestAnimationFrame(next);
    })`,
  );
}

/** Types a search and waits for its first answer. Milliseconds since the last letter. */
export async function search({ page }: MeasuredPage, text: string): Promise<number> {
  await page.keyboard.press("/");
  // `void`: a promise would be awaited before a letter is typed.
  await page.evaluate(
    `void (globalThis.answered = new Promise((resolve, fail) => {
      setTimeout(() => fail(new Error("no answer")), ${PATIENCE});
      let typedAt = performance.now();
      const note = () => (typedAt = performance.now());
      document.addEventListener("input", note, true);
      const look = () => {
        const isShown = new URL(location.href).searchParams.get("q") === ${JSON.stringify(text)};
        if (!isShown || !/^(\\d|No)/.test(document.querySelector(".search-count")?.textContent ?? ""))
          return requestAnimationFrame(look);
        document.removeEventListener("input", note, true);
        resolve(performance.now() - typedAt);
      };
      requestAnimationFrame(look);
    }))`,
  );
  await page.keyboard.type(text, { delay: 60 });
  const millis = (await page.evaluate("globalThis.answered")) as number;
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  return millis;
}
