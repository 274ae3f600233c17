import type { ParkedAnswer, UpstreamListAnswer, UpstreamTestAnswer } from "../../api/upstream-schema.ts";
import { classifyFailure, type Refusal, whyFailed } from "../../client/refusal.ts";
import { UPSTREAMS_PATH } from "../../session/contract/upstreams.ts";
import { send } from "../send.ts";
import { authorisedFetch, hasToken } from "../server.ts";

export type UpstreamsAnswer =
  | { readonly state: "here"; readonly list: UpstreamListAnswer }
  | { readonly state: "refused"; readonly refusal: Refusal }
  | { readonly state: "failed"; readonly why: string };

/** All upstreams. Never rejects. */
export async function readUpstreams(): Promise<UpstreamsAnswer> {
  try {
    const response = await authorisedFetch(UPSTREAMS_PATH, {
      headers: { Accept: "application/json" },
      cache: "no-store",
    });
    if (response.ok) return { state: "here", list: (await response.json()) as UpstreamListAnswer };
    const hadToken = hasToken.peek() ? "yes" : "no";
    const failure = await classifyFailure(response, { since: "a-while", hadToken, now: Date.now() });
    return failure.failure === "refused"
      ? { state: "refused", refusal: failure.refusal }
      : { state: "failed", why: failure.why };
  } catch (error) {
    return { state: "failed", why: whyFailed(error) };
  }
}

export const testUpstream = (name: string): Promise<UpstreamTestAnswer> =>
  send(`${pathOf(name)}/test`, "POST") as Promise<UpstreamTestAnswer>;

export const readParked = (name: string): Promise<ParkedAnswer> =>
  send(`${pathOf(name)}/parked?limit=20`, "GET") as Promise<ParkedAnswer>;

/** Answers how many traces are delivered again, of all that are parked. */
export async function replayParked(name: string): Promise<number> {
  let traces = 0;
  for (;;) {
    const answer = (await send(`${pathOf(name)}/replay`, "POST")) as { traces: number; omitted: number };
    traces += answer.traces;
    if (answer.traces === 0 || answer.omitted === 0) return traces;
  }
}

export async function deleteUpstream(name: string): Promise<void> {
  await send(pathOf(name), "DELETE");
}

export async function putUpstream(name: string, body: object): Promise<void> {
  await send(pathOf(name), "PUT", body);
}

const pathOf = (name: string): string => `${UPSTREAMS_PATH}/${encodeURIComponent(name)}`;
