import { signal } from "@preact/signals";
import type { ListCounts } from "../../session/contract/directory.ts";
import type { Attention } from "./tab-words.ts";

/** The title without what waits. `follow-tab.ts` shows it, and what waits before it. */
export const title = signal(document.title);
export const attention = signal<Attention>({ waiting: 0, failed: 0 });
/** Sessions that wait, by the list in view. */
export const waitingInView = signal(0);

/** Sets the page's title. */
export function setTitle(to: string): void {
  title.value = to;
}

/** What the list in view counts. `undefined`: no list is in view. Nothing failed unseen while the reader looks. */
export function learnWaiting(counts: Pick<ListCounts, "waiting"> | undefined): void {
  const waiting = counts?.waiting ?? 0;
  waitingInView.value = waiting;
  if (!document.hidden) attention.value = { waiting, failed: 0 };
}
