import type { Environment } from "./dispatch.ts";
import { UsageError } from "./dispatch.ts";

/** The program that a command asks: its origin, and the token for it. */
export type Server = { readonly url: string; readonly token: string | undefined };

/** For `parseArgs`. */
export const SERVER_OPTIONS = { url: { type: "string" }, token: { type: "string" } } as const;

/** For the help of a command. */
export const SERVER_HELP = [
  "--url URL      SPANFOLD_URL, or http://127.0.0.1:8787",
  "--token TOKEN  SPANFOLD_TOKEN; of a program with tokens",
];

const USUAL = "http://127.0.0.1:8787";

/** The command line wins over the environment. */
export function readServer(
  values: { readonly url?: string | undefined; readonly token?: string | undefined },
  environment: Environment,
): Server {
  const given = values.url ?? (environment["SPANFOLD_URL"]?.trim() || USUAL);
  const address = /^https?:\/\//.test(given) && URL.canParse(given) ? new URL(given) : undefined;
  if (address === undefined) throw new UsageError(`"${given}" is no http address of a program.`);
  const token = values.token ?? (environment["SPANFOLD_TOKEN"]?.trim() || undefined);
  return { url: address.origin, token };
}

export type Reached<T> =
  | { readonly outcome: "answered"; readonly value: T }
  /** Nothing listens there, or something else does. */
  | { readonly outcome: "unreachable"; readonly why: string }
  /** `detail`: the program's own words. */
  | { readonly outcome: "refused"; readonly status: number; readonly detail: string };

/** GETs JSON. The caller knows its form: the program checks its answers against their schemas in its tests. */
export async function getJson<T>({ url, token }: Server, path: string): Promise<Reached<T>> {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  try {
    const response = await fetch(url + path, { headers: { accept: "application/json", ...authorization } });
    const value = (await response.json()) as T & { readonly detail?: string };
    if (response.ok) return { outcome: "answered", value };
    return { outcome: "refused", status: response.status, detail: value.detail ?? response.statusText };
  } catch (error) {
    if (error instanceof SyntaxError) return { outcome: "unreachable", why: `${url} is no Spanfold.` };
    return { outcome: "unreachable", why: `Nothing answers at ${url}.` };
  }
}
