import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import type { Bindings } from "../../src/config.ts";
import type { EXPORTER_VARIABLES } from "../../src/otel/exporter-variables.ts";
import worker from "../../src/index.ts";
import { checkedResponse } from "../api/answers.ts";

/** Secrets and variables of a deployment. An absent name is not set. */
export type Settings = Partial<
  Pick<
    Bindings,
    | "ADMIN_TOKEN"
    | "INGEST_TOKEN"
    | "VIEW_TOKEN"
    | "OPEN_ACCESS"
    | "UPSTREAM_KEY"
    | "PRIVATE_UPSTREAMS"
    | (typeof EXPORTER_VARIABLES)[number]
  >
>;

/** A request to a deployment with these settings. */
export async function fetchFrom(setting: Settings, url: string, init: RequestInit = {}): Promise<Response> {
  const { OPEN_ACCESS: _, UPSTREAM_KEY: __, ...bindings } = env as Bindings;
  const request = new Request(url, { redirect: "manual", ...init });
  request.headers.set("host", new URL(url).host);
  const response = await worker.fetch(request, { ...bindings, ...setting }, createExecutionContext());
  return await checkedResponse(request.method, request.url, response);
}

/** Status and message of a refusal, in any of its forms. */
export async function refusalText(response: Response): Promise<string> {
  const { detail, message } = await response.json<{ detail?: string; message?: string }>();
  return `${response.status} ${detail ?? message}`;
}
