import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import type { Bindings } from "../../src/config.ts";
import worker from "../../src/index.ts";

/** A deployment's own secrets and variables; a name that is left out is not set. */
export type Settings = Partial<Pick<Bindings, "ADMIN_TOKEN" | "INGEST_TOKEN" | "VIEW_TOKEN" | "OPEN_ACCESS">>;

/** Asks the program as a deployment with these settings would be asked. */
export async function fetchFrom(setting: Settings, url: string, init: RequestInit = {}): Promise<Response> {
  const { OPEN_ACCESS: _, ...bindings } = env as Bindings;
  const request = new Request(url, { redirect: "manual", ...init });
  request.headers.set("host", new URL(url).host);
  return await worker.fetch(request, { ...bindings, ...setting }, createExecutionContext());
}

/** A refusal's status and what it says, whichever form it has. */
export async function refusalText(response: Response): Promise<string> {
  const { detail, message } = await response.json<{ detail?: string; message?: string }>();
  return `${response.status} ${detail ?? message}`;
}
