import type { Page } from "playwright-core";
import { afterAll, expect, test } from "vitest";
import { startProgram, temporaryDirectory } from "../program/program.ts";
import { closeBrowser, openPage } from "./open-page.ts";
import { send, span } from "./task-span.ts";

afterAll(closeBrowser);

/**
 * A headless browser has nowhere to show notifications, and no user to ask for permission. This stands at its edge: permission as the test
 * gives it, and a list of what is shown and closed.
 */
const BROWSER = `(() => {
  const noted = (globalThis.noted = { asked: 0, open: [], lines: [] });
  globalThis.Notification = class extends EventTarget {
    static get permission() { return sessionStorage.getItem("permission") ?? "default"; }
    static async requestPermission() {
      noted.asked++;
      sessionStorage.setItem("permission", localStorage.getItem("answer") ?? "granted");
      return this.permission;
    }
    constructor(title, { body }) {
      super();
      noted.open.push(this);
      noted.lines.push(title + " | " + body);
    }
    close() {
      noted.open = noted.open.filter((one) => one !== this);
      this.dispatchEvent(new Event("close"));
    }
  };
})()`;

/** What the browser was asked to show so far. */
const shown = (page: Page) => page.evaluate<string[]>("noted.lines");
const open = (page: Page) => page.evaluate<number>("noted.open.length");
/** A watch of the sessions that wait: notifications come from its events. */
const watching = (page: Page) => page.waitForResponse((answer) => /[?&]status=.*watch=true/.test(answer.url()));

test("a session that begins to wait is shown once, leads to its step, and is closed when it goes on", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  await send(url, span("asked before", "Already open?"));
  const { page, complaints, picture } = await openPage();
  await page.addInitScript(BROWSER);
  await page.goto(`${url}/sessions`);
  await page.getByText("Already open?").waitFor();
  expect(await page.evaluate("noted.asked")).toBe(0);

  const watch = watching(page);
  await page.getByRole("button", { name: "Notify me" }).click();
  await watch;
  await page.getByText("Notifications of all sessions").waitFor();
  await picture("notify");
  await expect.poll(() => page.evaluate("noted.asked")).toBe(1);

  const question = span("berlin", "Which hotel?");
  await send(url, question);
  await expect.poll(() => shown(page)).toEqual(["Needs you: Plan berlin | Which hotel?"]);
  // More of the same, and what happened long ago.
  await send(url, { ...question, spanId: "00000000000000ff", attributes: question.attributes.slice(0, 2) });
  await send(url, span("imported", "Which airport?", 3_600));
  await page.getByText("Which airport?").waitFor();
  await send(url, span("paris", "Which museum?"));
  await expect.poll(() => shown(page)).toHaveLength(2);
  expect(await shown(page)).toEqual(["Needs you: Plan berlin | Which hotel?", "Needs you: Plan paris | Which museum?"]);
  await expect.poll(() => open(page)).toBe(2);

  await send(url, span("berlin", undefined));
  await expect.poll(() => open(page)).toBe(1);
  await page.evaluate("noted.open[0].dispatchEvent(new Event('click'))");
  await expect.poll(() => decodeURIComponent(page.url())).toMatch(/sessions\/paris\?span=[0-9a-f]{32}:[0-9a-f]{16}/);
  await expect.poll(() => open(page)).toBe(0);
  expect(complaints).toEqual([]);
});

test("a session alone, its end where chosen, in one of several tabs, and until it is turned off", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  await send(url, span("berlin", "Which hotel?"), span("paris", "Which museum?"));
  const { page, complaints } = await openPage();
  const tabs = page.context();
  await tabs.addInitScript(BROWSER);
  await page.goto(`${url}/sessions/berlin`);
  const watch = watching(page);
  await page.getByRole("button", { name: "Notify me" }).click();
  await watch;
  const again = watching(page);
  await page.getByLabel("when one finished").check();
  await again;
  const other = await tabs.newPage();
  await other.addInitScript('sessionStorage.setItem("permission", "granted")');
  await other.goto(`${url}/sessions/berlin`);
  await other.getByRole("button", { name: "Notifying" }).waitFor();

  await send(url, span("paris", undefined));
  await send(url, span("paris", "And where to eat?"));
  await send(url, span("berlin", undefined));
  await send(url, span("berlin", "With breakfast?"));
  await expect.poll(() => shown(page)).toEqual(["Needs you: Plan berlin | With breakfast?"]);
  await send(url, span("berlin", undefined));
  await expect.poll(() => shown(page), { timeout: 60_000 }).toHaveLength(2);
  expect((await shown(page)).at(-1)).toBe("Finished: Plan berlin | ");
  expect(await shown(other)).toEqual([]);

  // The other tab notifies when this one is gone.
  const next = watching(other);
  await page.close();
  await next;
  await send(url, span("berlin", "Which room?"));
  await expect.poll(() => shown(other)).toEqual(["Needs you: Plan berlin | Which room?"]);
  await other.getByRole("button", { name: "Notifying" }).click();
  await other.getByRole("button", { name: "Turn off" }).click();
  await other.getByRole("button", { name: "Notify me" }).waitFor();
  await expect.poll(() => open(other)).toBe(0);
  expect(complaints).toEqual([]);
});

test("a reader who gives no permission reads what to do, and nothing is watched", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  await send(url, span("berlin", "Which hotel?"));
  const { page } = await openPage();
  await page.addInitScript(`${BROWSER}; localStorage.setItem("answer", "denied")`);
  await page.goto(`${url}/sessions`);
  await page.getByRole("button", { name: "Notify me" }).click();
  await page.getByRole("alert").getByText("This browser blocks notifications").waitFor();
  expect(await page.getByRole("button", { name: "Notify me" }).getAttribute("aria-pressed")).toBe("false");
  const requests = await page.evaluate<string[]>("performance.getEntriesByType('resource').map(({ name }) => name)");
  expect(requests.filter((name) => name.includes("status=") && name.includes("watch"))).toEqual([]);
});

test("the buttons of the choices show their words whole, also where those of the page show icons alone", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  await send(url, span("berlin", "Which hotel?"));
  const { page, picture } = await openPage({ viewport: { width: 390, height: 844 } });
  await page.addInitScript(BROWSER);
  for (const path of ["/sessions", "/sessions/berlin"]) {
    await page.goto(url + path);
    await page.getByRole("button", { name: /^Notif/ }).click();
    const buttons = page.locator(".notify-choices button");
    await expect.poll(() => buttons.count()).toBe(2);
    const shownWhole = await buttons.evaluateAll((all) =>
      all.map((button) => {
        const words = document.createRange();
        words.selectNodeContents(button);
        const [inner, outer] = [words.getBoundingClientRect(), button.getBoundingClientRect()];
        return inner.width > 0 && inner.left >= outer.left && inner.right <= outer.right ? button.textContent : "cut";
      }),
    );
    expect(shownWhole).toEqual(["Turn off", "Webhooks, Slack, Teams…"]);
  }
  await picture("notify-390");
});
