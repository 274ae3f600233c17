import * as v from "valibot";
import { ListParameters } from "../../api/list-query.ts";
import { numberParameter, readParameters } from "../../api/parameter.ts";
import { withStatus } from "../../session/liveness.ts";
import type { Status } from "../../session/liveness.ts";
import { sessionLines } from "../../session/session-lines.ts";
import { callText } from "../answer.ts";
import { SESSION } from "../shared-arguments.ts";
import { awaitStatus, hasMissed } from "../status-source.ts";
import { readSession, refusal } from "../tool.ts";
import type { Tool } from "../tool.ts";

/** Clients give up a call after 60 seconds unless they are set otherwise. */
const USUAL_SECONDS = "45";
/** Nothing in a Worker ends a response that is read. Proxies and clients do. */
const MAX_SECONDS = 600;

const WaitParameters = v.object({
  status: ListParameters.entries.status,
  timeout: numberParameter("timeout", {
    pattern: /^\d{1,3}$/,
    least: 0,
    most: MAX_SECONDS,
    expected: `a number of seconds from 0 to ${MAX_SECONDS}`,
  }),
});

/** What a reader waits for if it does not say: there is something to do, or nothing more will come. */
const SETTLED: readonly Status[] = ["waiting", "stalled", "failed", "finished"];

export const waitFor: Tool = {
  name: "wait_for",
  title: "Wait for a session",
  description:
    "Waits until a session has one of these states, or until the timeout, and answers with its present state. The session may be one that is not there yet. waiting: it asks a person; stalled: silent with a running span.",
  arguments: {
    session: SESSION,
    state: {
      schema: WaitParameters.entries.status,
      parameter: "status",
      description: `Any of these. Without: ${SETTLED.join(", ")}.`,
    },
    timeout: {
      schema: WaitParameters.entries.timeout,
      description: "Seconds after which the present state is the answer.",
      fallback: USUAL_SECONDS,
    },
  },
  waits: true,
  run: async (params, call) => {
    const read = readParameters(WaitParameters, params);
    if (!read.ok) return refusal(read.detail);
    const { status, timeout } = read.value;
    const wanted = status.length === 0 ? SETTLED : status;
    const began = Date.now();
    const found = await readSession(params, call, (stub) =>
      awaitStatus(stub, wanted, Math.max(0, began + timeout * 1_000 - Date.now()), call.signal),
    );
    if ("refused" in found) return found.refused;
    const { summary } = found.read;
    const now = withStatus(summary, Date.now());
    const next = nextCalls(now.status, wanted, timeout);
    return { words: [sentence(now.status, wanted, timeout)], next, page: found.url, recorded: sessionLines(now) };
  },
};

function sentence(status: Status, wanted: readonly Status[], timeout: number): string {
  if (wanted.includes(status)) return `The session is ${status}.`;
  return hasMissed(status, wanted)
    ? `The session ended: it is ${status}. Without new data it will not be ${wanted.join(", ")}.`
    : `Timeout after ${timeout} s: the session is ${status}, not ${wanted.join(", ")}.`;
}

function nextCalls(status: Status, wanted: readonly Status[], timeout: number): readonly string[] {
  const read = callText(status === "failed" ? "errors" : "read_session");
  if (wanted.includes(status)) return [read];
  return hasMissed(status, wanted)
    ? [read, callText("wait_for", { state: ["running"] })]
    : [callText("wait_for", { state: wanted, timeout })];
}
