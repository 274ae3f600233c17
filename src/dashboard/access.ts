import { signal } from "@preact/signals";

const KEY = "spanfold.token";

/** For this tab only: a token is a secret, and a closed tab should forget it. */
const token = signal(sessionStorage.getItem(KEY) ?? "");

export const hasToken = (): boolean => token.value !== "";

/** An empty string forgets it. */
export function rememberToken(value: string): void {
  token.value = value;
  if (value === "") sessionStorage.removeItem(KEY);
  else sessionStorage.setItem(KEY, value);
}

/** `fetch` with the reader's token, if there is one. */
export function authorisedFetch(url: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  if (token.value !== "") headers.set("Authorization", `Bearer ${token.value}`);
  return fetch(url, { ...init, headers });
}
