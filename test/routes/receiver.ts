import { afterEach, beforeEach, expect, vi } from "vitest";
import * as world from "../durable/world.ts";
import { fetchFrom } from "./deployment.ts";
import type { Settings } from "./deployment.ts";

/** A receiver of whatever the deployment sends, and the deployment's log. New in each test. */
export const receiver: {
  sent: { url: string; headers: Record<string, string> }[];
  answer: () => Response;
  logged: string[];
} = { sent: [], answer: () => new Response(), logged: [] };

/** Each test of the file has a world without any session, and an empty receiver that takes everything. */
export function useReceiver(): void {
  beforeEach(async () => {
    await world.freshWorld();
    receiver.sent = [];
    receiver.logged = [];
    receiver.answer = () => new Response();
    for (const level of ["info", "warn", "error"] as const)
      vi.spyOn(console, level).mockImplementation((line: string) => void receiver.logged.push(line));
    vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
      receiver.sent.push({ url: input as string, headers: { ...(init?.headers as Record<string, string>) } });
      return receiver.answer();
    });
  });
  afterEach(() => vi.restoreAllMocks());
}

/** A request of an administrator. `body`: a text as it is, else as JSON. */
export async function askAsAdmin(
  settings: Settings,
  method: string,
  path: string,
  body?: object | string,
): Promise<Response> {
  return await fetchFrom(settings, `https://spanfold.example.com${path}`, {
    method,
    headers: { authorization: "Bearer admin-secret" },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
}

export type Ask = (method: string, path: string, body?: object | string, settings?: Settings) => Promise<Response>;

/** Requests of an administrator for what stands under a path; of this deployment, if they name no other one. */
export const asker =
  (deployment: Settings, under: string): Ask =>
  async (method, path, body, settings = deployment) =>
    await askAsAdmin(settings, method, `${under}${path}`, body);

/** What is stored at a path and sealed by the deployment's key opens by a new key after it was read with both, and not before. */
export async function expectRotation(ask: Ask, path: string, deployment: Settings, reason: string): Promise<void> {
  const key = "another secret of length";
  const stateWith = async (keys: string): Promise<unknown> =>
    await (await ask("GET", path, undefined, { ...deployment, UPSTREAM_KEY: keys })).json();
  expect(await stateWith(key)).toMatchObject({ state: "off", reason });
  expect(await stateWith(`${key},${deployment.UPSTREAM_KEY}`)).toMatchObject({ state: "on" });
  expect(await stateWith(key)).toMatchObject({ state: "on" });
}
