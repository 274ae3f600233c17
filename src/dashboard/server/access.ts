import { computed, signal } from "@preact/signals";

const KEY = "spanfold.token";

/** For this browser: asked once, kept until the reader forgets it. */
const token = signal(localStorage.getItem(KEY) ?? "");
addEventListener("storage", (event) => {
  if (event.key === KEY) token.value = event.newValue ?? "";
});

/** The token that was refused a deletion: it will be again. */
const mayNotDelete = signal<string | undefined>(undefined);

export const hasToken = computed(() => token.value !== "");
export const mayDelete = computed(() => mayNotDelete.value !== token.value);

export function learnMayNotDelete(): void {
  mayNotDelete.value = token.value;
}

/** An empty string forgets it. */
export function rememberToken(value: string): void {
  token.value = value;
  if (value === "") localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, value);
}

/** What a request says of who asks, if this browser keeps a token. */
export const authorisation = (): string | undefined => (token.value === "" ? undefined : `Bearer ${token.value}`);

/** `fetch` with the reader's token, if there is one. */
export function authorisedFetch(url: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  const who = authorisation();
  if (who !== undefined) headers.set("Authorization", who);
  return fetch(url, { ...init, headers });
}
