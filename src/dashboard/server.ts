import { computed, signal } from "@preact/signals";
import { IS_READ_ONLY } from "./address/address.ts";

const KEY = "spanfold.token";

/** The token of this browser: entered once, stored until the reader removes it. */
const token = signal(localStorage.getItem(KEY) ?? "");
addEventListener("storage", (event) => {
  if (event.key === KEY) token.value = event.newValue ?? "";
});

/** The token that was refused a deletion. The server would refuse it again. */
const mayNotDelete = signal<string | undefined>(undefined);

export const hasToken = computed(() => token.value !== "");
export const mayDelete = computed(() => !IS_READ_ONLY && mayNotDelete.value !== token.value);

export function learnMayNotDelete(): void {
  mayNotDelete.value = token.value;
}

/** An empty string removes it. */
export function rememberToken(value: string): void {
  token.value = value;
  if (value === "") localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, value);
}

/** The Authorization header's value, if this browser has a token. */
export const authorisation = (): string | undefined => (token.value === "" ? undefined : `Bearer ${token.value}`);

/** `fetch` with the reader's token, if there is one. */
export function authorisedFetch(url: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  const credentials = authorisation();
  if (credentials !== undefined) headers.set("Authorization", credentials);
  return fetch(url, { ...init, headers });
}
