import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page, Worker } from "playwright-core";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { startProgram, temporaryDirectory } from "../program/program.ts";
import { aBrowser, vapidClaims } from "../sinks/push-browser.ts";
import type { PushBrowser } from "../sinks/push-browser.ts";
import { closeBrowser, openPage } from "./open-page.ts";
import { send, span } from "./task-span.ts";

afterAll(closeBrowser);

/**
 * A headless browser has no push service, and no user to ask for permission. This stands at its edge: permission is given, and a
 * subscription of the test's own push service.
 */
const edge = (subscription: object): string => `(() => {
  globalThis.Notification = class { static permission = "granted"; static async requestPermission() { return "granted"; } };
  const made = {
    toJSON: () => (${JSON.stringify(subscription)}),
    unsubscribe: async () => (localStorage.removeItem("subscribed"), true),
  };
  const known = () => (localStorage.getItem("subscribed") === null ? null : made);
  PushManager.prototype.getSubscription = async () => known();
  PushManager.prototype.subscribe = async ({ applicationServerKey }) => {
    localStorage.setItem("subscribed", applicationServerKey);
    return made;
  };
})()`;

/** What the service worker shows; in place of the system's notifications, which a headless browser has not. */
const SHOWN = `(() => {
  globalThis.shown = [];
  globalThis.lines = [];
  registration.getNotifications = async ({ tag }) => shown.filter((one) => one.tag === tag);
  registration.showNotification = async (title, { body, tag, data }) => {
    const one = { tag, close: () => (globalThis.shown = shown.filter((other) => other !== one)) };
    globalThis.shown = [...shown.filter((other) => other.tag !== tag), one];
    lines.push([title, body, data.url].join(" | "));
  };
})()`;

/** A push service on this machine. It hands what it can decrypt to `take`. */
async function openService(take: (message: string) => Promise<void>) {
  const authorizations: string[] = [];
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      authorizations.push(request.headers.authorization ?? "");
      const message = JSON.stringify(browser.decrypt(Buffer.concat(pieces)));
      void take(message).then(() => response.writeHead(201).end());
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const browser: PushBrowser = aBrowser(`${origin}/send/1`);
  return { origin, browser, authorizations };
}

/** As the browser's push service does: wakes the page's service worker with a message. */
async function messenger(page: Page, origin: string): Promise<(data: string) => Promise<void>> {
  const devtools = await page.context().newCDPSession(page);
  const registered = new Promise<string>((resolve) => {
    devtools.on("ServiceWorker.workerRegistrationUpdated", ({ registrations: [first] }) => {
      if (first !== undefined) resolve(first.registrationId);
    });
  });
  await devtools.send("ServiceWorker.enable");
  return async (data) => {
    const registrationId = await registered;
    await devtools.send("ServiceWorker.deliverPushMessage", { origin, registrationId, data });
  };
}

const lines = (worker: Worker) => worker.evaluate<string[]>("lines");
const open = (worker: Worker) => worker.evaluate<number>("shown.length");

type Alerts = { readonly alerts: readonly { readonly name: string; readonly on: readonly string[] }[] };

// spec: ALERT-8
test("two clicks notify a browser with the page closed, until the session goes on or the reader ends it", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const alerts = async () => ((await (await fetch(`${url}/admin/alerts`)).json()) as Alerts).alerts;
  let deliver: (message: string) => Promise<void> = async () => await Promise.resolve();
  const service = await openService(async (message) => await deliver(message));
  await send(url, span("earlier", undefined));
  const { page, complaints, picture } = await openPage();
  const tabs = page.context();
  await tabs.addInitScript(edge(service.browser.subscription));
  // It stays when the page is closed.
  const other = await tabs.newPage();
  await other.goto(`${url}/openapi.json`);
  deliver = await messenger(other, url);

  await page.goto(`${url}/sessions`);
  const installed = tabs.waitForEvent("serviceworker");
  await page.getByRole("button", { name: "Notify me" }).click();
  await page.getByLabel("also when this page is closed").click();
  const worker = await installed;
  await expect.poll(alerts).toMatchObject([{ on: ["waiting"], format: "push" }]);
  await expect.poll(() => page.getByLabel("also when this page is closed").isChecked()).toBe(true);
  await picture("push");
  await worker.evaluate(SHOWN);
  await page.getByLabel("when one finished").check();
  await expect.poll(async () => (await alerts())[0]?.on).toEqual(["waiting", "finished"]);
  await page.close();

  await send(url, span("berlin", "Which hotel?"));
  await expect
    .poll(() => lines(worker))
    .toEqual([
      expect.stringMatching(
        /^Needs you: Plan berlin \| Which hotel\? \| \/sessions\/berlin\?span=[0-9a-f]{32}:[0-9a-f]{16}$/,
      ),
    ]);
  expect(await open(worker)).toBe(1);
  const { publicKey } = (await (await fetch(`${url}/push`)).json()) as { publicKey: string };
  expect(await vapidClaims(service.authorizations[0] ?? "", publicKey)).toMatchObject({ aud: service.origin });
  await send(url, span("berlin", undefined));
  await expect.poll(() => open(worker)).toBe(0);

  const again = await tabs.newPage();
  await again.goto(`${url}/sessions`);
  await again.getByRole("button", { name: "Notifying" }).click();
  // The reader turns it off before the server has answered the choice before.
  let answered: () => void = () => undefined;
  const until = new Promise<void>((resolve) => (answered = resolve));
  await again.route("**/push/subscriptions", async (route) => {
    await until;
    await route.continue();
  });
  const sent = again.waitForRequest((request) => request.url().endsWith("/push/subscriptions"));
  await again.getByLabel("when one failed").check();
  await sent;
  await again.getByRole("button", { name: "Turn off" }).click();
  await expect.poll(() => again.getByRole("button", { name: "Notify me" }).count()).toBe(1);
  const late = again.waitForResponse((response) => response.request().method() === "PUT");
  answered();
  await late;
  await again.waitForTimeout(1_000);
  await expect.poll(alerts).toEqual([]);
  expect(await again.evaluate("JSON.parse(localStorage.getItem('spanfold.push') ?? 'null')")).toBe(null);
  expect(complaints).toEqual([]);
});

test("a reader ends push although the server can't be reached", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  await send(url, span("earlier", undefined));
  const { page } = await openPage();
  await page.addInitScript(edge(aBrowser("http://127.0.0.1:9/send/1").subscription));
  await page.goto(`${url}/sessions`);
  await page.getByRole("button", { name: "Notify me" }).click();
  const choice = page.getByLabel("also when this page is closed");
  await choice.click();
  await expect.poll(() => choice.isChecked()).toBe(true);
  await page.route("**/push/subscriptions/*", async (route) => await route.abort());
  const ended = page.waitForEvent("requestfailed");
  await choice.click();
  await ended;
  await expect.poll(() => choice.isEnabled()).toBe(true);
  expect(await choice.isChecked()).toBe(false);
  expect(await page.getByText("can’t be notified").count()).toBe(0);
});

/**
 * What a click makes the service worker do. A headless browser shows no notification to click, and windows open and get the focus
 * only after a real click: these two are written down instead. Which tab it chooses, and where it leads it, is real.
 */
const CLICKS = `(() => {
  globalThis.acts = [];
  clients.openWindow = async (url) => void acts.push("open " + new URL(url).pathname);
  WindowClient.prototype.focus = async function () { acts.push("focus " + new URL(this.url).pathname); return this; };
})()`;

/** Clicks a notification with this address, waits until the worker has done all, and answers what it did beside leading tabs. */
async function click(worker: Worker, url: string): Promise<string[]> {
  return await worker.evaluate<string[], string>(async (address) => {
    const scope = globalThis as unknown as { acts: string[] };
    const begun = scope.acts.length;
    const work: Promise<unknown>[] = [];
    let isClosed = false;
    const event = new Event("notificationclick");
    Object.assign(event, {
      notification: { data: { url: address }, close: () => (isClosed = true) },
      waitUntil: (done: Promise<unknown>) => void work.push(done),
    });
    globalThis.dispatchEvent(event);
    await Promise.all(work);
    return [...(isClosed ? [] : ["left the notification"]), ...scope.acts.slice(begun)];
  }, url);
}

// spec: ALERT-8
test("a click on a notification leads a tab of the page to the step, or opens one", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  await send(url, span("berlin", "Which hotel?"));
  await send(url, span("porto", "Which boat?"));
  const { page } = await openPage();
  const tabs = page.context();
  const installed = tabs.waitForEvent("serviceworker");
  await page.goto(`${url}/sessions`);
  await page.evaluate("navigator.serviceWorker.register('/push-worker.js')");
  const worker = await installed;
  await page.evaluate("navigator.serviceWorker.ready.then(() => undefined)");
  await worker.evaluate(CLICKS);
  const here = (tab: Page): string => new URL(tab.url()).pathname;

  // The worker came after the tab, so it may not lead it.
  expect(await click(worker, "/sessions/berlin")).toEqual(["focus /sessions", "open /sessions/berlin"]);
  expect(here(page)).toBe("/sessions");
  await page.reload();
  expect(await click(worker, "/sessions/berlin")).toEqual(["focus /sessions"]);
  await expect.poll(() => here(page)).toBe("/sessions/berlin");
  await page.getByText("Which hotel?").first().waitFor();

  const other = await tabs.newPage();
  await other.goto(`${url}/sessions/porto`);
  // The one that shows the session, not the one that had the focus last.
  expect(await click(worker, "/sessions/berlin")).toEqual(["focus /sessions/berlin"]);
  expect([here(page), here(other)]).toEqual(["/sessions/berlin", "/sessions/porto"]);
  expect(await click(worker, "https://elsewhere.example/sessions/berlin")).toEqual([]);

  await page.goto("about:blank");
  await other.close();
  expect(await click(worker, "/sessions/porto?span=1:2")).toEqual(["open /sessions/porto"]);
});
