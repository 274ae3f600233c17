import { LIST_PATH } from "../address/address.ts";
import { effect } from "@preact/signals";
import type { ListCounts } from "../../session/contract/directory.ts";
import { authorisedFetch } from "../server.ts";
import { attention, title, waitingInView } from "./tab-title.ts";
import { badgeIcon, titleWith } from "./tab-words.ts";

/** A hidden tab has no stream: it asks so often, milliseconds. */
const INTERVAL = 30_000;

/** Keeps the title and the icon. Call once. */
export function followTab(): void {
  const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  const plain = icon?.getAttribute("href") ?? "";
  effect(() => {
    document.title = titleWith(title.value, attention.value);
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
      attention.value = { waiting: waitingInView.peek(), failed: 0 };
      return;
    }
    void ask();
    timer = setInterval(() => void ask(), INTERVAL);
  });
}

/** `undefined` without an answer: the next one is soon. */
async function readCounts(): Promise<ListCounts | undefined> {
  try {
    const response = await authorisedFetch(`${LIST_PATH}?limit=1`, {
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
