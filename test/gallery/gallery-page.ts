import type { BrowserContextOptions, Page } from "playwright-core";
import { inject } from "vitest";
import { type OpenPage, openPage } from "../e2e/open-page.ts";
import { PRESENT } from "./page/captured-session.ts";
import { PAGES } from "./page/states.ts";

/** A page of the gallery, and what opens the rest of its state: menus and dialogs have no address. */
export type GalleryState = {
  readonly name: string;
  readonly path: string;
  readonly open?: (page: Page) => Promise<void>;
};

const press = (name: string | RegExp) => (page: Page) => page.getByRole("button", { name }).first().click();
const upstreamAction = (button: string, then: string) => async (page: Page) => {
  await page.getByRole("button", { name: button }).click();
  await page.getByText(then).waitFor();
};
const menu = press("Details, export, delete");

/** All pages, states, dialogs and menus of the gallery. */
export const GALLERY: readonly GalleryState[] = [
  { name: "components", path: "/" },
  ...PAGES.map(([name, path]) => ({ name, path })),
  { name: "list, filters open", path: "/sessions?kind=all&model=gpt-5", open: press(/^Filter/) },
  { name: "list, exports open", path: "/sessions", open: press(/^Last export/) },
  {
    name: "list, import refused",
    path: "/sessions",
    open: async (page) => {
      await page
        .locator("input[type=file]")
        .setInputFiles({ name: "empty.json", mimeType: "", buffer: Buffer.alloc(0) });
      await page.getByText("the file is empty").waitFor();
    },
  },
  { name: "keyboard shortcuts", path: "/sessions", open: press("Keyboard shortcuts") },
  { name: "session menu", path: "/sessions/checkout-latency", open: menu },
  {
    name: "session menu, deletion asked",
    path: "/sessions/checkout-latency",
    open: async (page) => {
      await menu(page);
      await press("Delete this session")(page);
    },
  },
  {
    name: "list, session deleted",
    path: "/sessions/checkout-latency",
    open: async (page) => {
      await menu(page);
      await press("Delete this session")(page);
      await press(/^Delete$/)(page);
      await page.getByText("Undo").waitFor();
    },
  },
  ...[
    "inspector of a model",
    "inspector of a second attempt",
    "inspector of an agent",
    "inspector of a request with tools",
  ].map((name) => ({
    name: `${name}, all open`,
    path: PAGES.find(([page]) => page === name)?.[1] ?? "/",
    open: async (page: Page) => {
      const folded = page.locator(".panel details:not([open]) > summary");
      await folded.first().waitFor();
      await folded.evaluateAll((all) => all.forEach((one) => (one as HTMLElement).click()));
      const offered = page.locator(".panel button.request-chip").first();
      if ((await offered.count()) > 0) await offered.click();
    },
  })),
  { name: "list, notifications", path: "/sessions", open: press("Notify me") },
  { name: "list, next page failed", path: "/sessions#page-failed", open: (page) => page.keyboard.press("End") },
  {
    name: "inspector of a running step",
    path: "/sessions/checkout-latency-running?view=timeline",
    open: (page) => page.locator(".now-step").first().click(),
  },
  {
    name: "inspector of a turn that waits",
    path: "/sessions/waiting-ark",
    open: async (page) => {
      await press("Rerun")(page);
      await press("Where it stopped")(page);
    },
  },
  ...["Request", "Ark manifest", "Where it stopped"].map((view) => ({
    name: `inspector of a turn, ${view}`,
    path: "/sessions/checkout-latency",
    open: async (page: Page) => {
      await press("Rerun")(page);
      await press(view)(page);
    },
  })),
  {
    name: "upstreams, tested",
    path: "/admin/upstreams",
    open: upstreamAction("Test honeycomb", "the receiver answers 401"),
  },
  {
    name: "upstreams, parked",
    path: "/admin/upstreams",
    open: upstreamAction("Why parked? langfuse", "and 1,231 more"),
  },
  { name: "upstreams, deletion asked", path: "/admin/upstreams", open: upstreamAction("Delete langfuse", "Keep") },
  {
    name: "upstreams, another receiver of a namespace",
    path: "/admin/upstreams",
    open: async (page) => {
      await page.getByLabel("Backend").selectOption("other");
      await page.getByLabel("Which traces").selectOption("namespace");
      await page.getByLabel("Endpoint").fill("https://otlp.example.com");
      await page.getByRole("textbox", { name: "Namespace" }).fill("team-a");
      await press(/^Add$/)(page);
      await page.getByText("UPSTREAM_KEY has no secret").waitFor();
    },
  },
  {
    name: "token dialog",
    path: "/sessions",
    open: async (page) => {
      await page.evaluate(() => localStorage.setItem("spanfold.token", "secret"));
      await page.reload();
      await press("Token")(page);
      await page.getByRole("dialog").waitFor();
      await page.evaluate(() => localStorage.clear());
    },
  },
  {
    name: "transcript, all open",
    path: "/sessions/checkout-latency",
    open: async (page) => {
      const closed = page.getByRole("button", { name: "Open", exact: true });
      await closed.first().waitFor();
      await closed.evaluateAll((all) => all.forEach((one) => (one as HTMLElement).click()));
    },
  },
  {
    name: "timeline, pointed at",
    path: "/sessions/checkout-latency?view=timeline",
    open: async (page) => {
      // Narrow pages have no lanes.
      const bar = page.locator(".lane > .bar").first();
      await page.getByRole("row").nth(5).waitFor();
      if (await bar.isVisible()) await bar.hover();
    },
  },
];

/** A browser page with the gallery's present: nothing in it ticks. */
export async function openGallery(options: BrowserContextOptions = {}): Promise<OpenPage> {
  const opened = await openPage({ locale: "en-GB", timezoneId: "UTC", reducedMotion: "reduce", ...options });
  await opened.page.clock.setFixedTime(PRESENT);
  return opened;
}

/** Goes to a state of the gallery, and waits until it is drawn. */
export async function goTo(page: Page, { path, open }: GalleryState): Promise<void> {
  // A page that differs by its fragment alone would not load again.
  await page.goto("about:blank");
  await page.goto(`${inject("galleryUrl")}${path}`);
  await page.locator("#page > *").first().waitFor();
  await isDrawn(page);
  await open?.(page);
  await isDrawn(page);
}

/** Waits until the page draws nothing new for some frames, and no part of it waits for its code. */
async function isDrawn(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await document.fonts.ready;
    let drawn = 0;
    let text = "";
    for (let frames = 0; frames < 300 && drawn < 12; frames++) {
      await new Promise((resolve) => requestAnimationFrame(resolve));
      const now = document.body.innerHTML;
      const isLoading = Array.from(document.querySelectorAll("p.muted")).some((one) => one.textContent === "Loading…");
      drawn = now === text && !isLoading ? drawn + 1 : 0;
      text = now;
    }
  });
}
