import { computed, effect, signal } from "@preact/signals";
import { readAddress, writeAddress } from "./address.ts";
import type { Address } from "./address.ts";
import { WHOLE_LIST } from "./list-view.ts";

const href = signal(location.pathname + location.search);
addEventListener("popstate", () => (href.value = location.pathname + location.search));

/** The current address. */
export const address = computed(() => {
  const url = new URL(href.value, location.origin);
  return readAddress(url.pathname, url.search);
});

type ListAddress = Extract<Address, { page: "list" }>;

/** The latest list address. A session's page links back to it. */
export const lastList = signal<ListAddress>({ page: "list", view: WHOLE_LIST });
effect(() => {
  if (address.value.page === "list") lastList.value = address.value;
});

/** `push` adds an entry to the browser's history, `replace` changes the current one. */
export function go(to: Address, how: "push" | "replace" = "push"): void {
  const url = writeAddress(to);
  if (url === location.pathname + location.search) return;
  if (how === "push") history.pushState(null, "", url);
  else history.replaceState(null, "", url);
  href.value = url;
}
