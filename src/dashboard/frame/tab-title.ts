import { effect, signal } from "@preact/signals";
import type { ListCounts } from "../../session/contract/directory.ts";
import { authorisedFetch } from "../server.ts";
import { type Attention, badgeIcon, titleWith } from "./tab-words.ts";

/** The title without what waits. */
const base = signal(document.title);
const attention = signal<Attention>({ waiting: 0, failed: 0 });
/** Sessions that wait, by the list in view. */
let inView = 0;

/** Sets the page's title; what waits stands before it. */
export function setTitle(title: string): void {
  base.value = title;
}

/** What the list in view counts. `undefined`: no list is in view. Nothing failed unseen while the reader looks. */
export function learnWaiting(counts: Pick<ListCounts, "waiting"> | undefined): void {
  inView = counts?.waiting ?? 0;
  if (!document.hidden) attention.value = { waiting: inView, failed: 0 };
}

/** A hidden tab has no stream: it asks so often, milliseconds. */
const INTERVAL = 30_000;

/** Keeps the title and the icon. Call once. */
export function followTab(): void {
  const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  const plain = icon?.getAttribute("href") ?? "";
  effect(() => {
    document.title = titleWith(base.value, attention.value);
  });
  effect(() => {
    icon?.setAttribute("href", badgeIcon(attention.value) ?? plain);
  });
  let timer: number | undefined;
  let hiddenSince: ListCounts | undefined;
  const ask = async (): Promise<void> => {
    const counts = await readCounts();
    if (counts === undefined || !document.hidden) return;
    hiddenSince ??= counts;
    attention.value = { waiting: counts.waiting, failed: Math.max(0, counts.failed - hiddenSince.failed) };
  };
  document.addEventListener("visibilitychange", () => {
    clearInterval(timer);
    hiddenSince = undefined;
    if (!document.hidden) {
      attention.value = { waiting: inView, failed: 0 };
      return;
    }
    void ask();
    timer = setInterval(() => void ask(), INTERVAL);
  });
}

/** `undefined` without an answer: the next one is soon. */
async function readCounts(): Promise<ListCounts | undefined> {
  try {
    const response = await authorisedFetch("/sessions?limit=1", {
      headers: { Accept: "application/json" },
      cache: "no-store",
    });
    const body: unknown = response.ok ? await response.json() : undefined;
    const counts: unknown = Reflect.get(Object(body), "counts");
    const isNumber = (name: string): boolean => typeof Reflect.get(Object(counts), name) === "number";
    return isNumber("waiting") && isNumber("failed") ? (counts as ListCounts) : undefined;
  } catch {
    return undefined;
  }
}
