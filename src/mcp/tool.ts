import { readListQuery } from "../api/list-query.ts";
import type { Bindings } from "../config.ts";
import { LATEST, latestOf, readSessionPage } from "../lib/session-page.ts";
import { directoryOf, sessionAt, sessionIdIn } from "../place.ts";
import type { CallContext } from "../place.ts";
import type { Answer } from "./answer.ts";
import type { Arguments } from "./arguments.ts";
import { readSessionName } from "./shared-arguments.ts";
import type { SummaryWithStatus } from "../session/liveness.ts";

/** The call of a tool: whose it is, and where its answer goes. */
export type ToolCall = {
  readonly env: Bindings;
  readonly caller: CallContext;
  /** What stands before the paths of pages, such as `https://spanfold.example`. */
  readonly base: string;
  /** The caller went away. */
  readonly signal: AbortSignal;
  /** UTF-8 bytes of the answer. */
  readonly max: number;
};

export type Tool = {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly arguments: Arguments;
  /** Whether it waits for something to happen. */
  readonly waits?: true;
  /** `params`: the arguments under the names of the API's parameters. */
  readonly run: (params: URLSearchParams, call: ToolCall) => Promise<Answer>;
};

export function refusal(detail: string): Answer {
  return { words: [detail], isError: true };
}

/** A session's object as tools read it. */
export type SessionStub = ReturnType<typeof sessionAt>;

/** Puts the session's name in the place of what may stand for it: its page's address, or `latest`. Answers why it can't. */
export async function resolveSession(params: URLSearchParams, call: ToolCall): Promise<Answer | undefined> {
  const given = params.get("session") ?? "";
  const name = given === LATEST ? await latestSession(call) : readSessionPage(given)?.session;
  if (name !== undefined) params.set("session", name);
  return given === LATEST && name === undefined ? refusal("There is no session yet.") : undefined;
}

function latestSession({ env, caller }: ToolCall): Promise<string | undefined> {
  return latestOf(async (kind) => {
    const read = readListQuery(new URLSearchParams({ kind, limit: "1" }), Date.now());
    const [latest] = read.ok ? (await directoryOf(env, caller).list(read.query)).sessions : [];
    return latest === undefined ? undefined : (JSON.parse(latest) as SummaryWithStatus).id;
  });
}

type Elsewhere = { readonly state: "absent" } | { readonly state: "moved"; readonly sessions: readonly string[] };

export type Found<Read> =
  | { readonly id: string; readonly url: string; readonly read: Exclude<Read, Elsewhere> }
  | { readonly refused: Answer };

/** A session moves when its trace turns out to belong to another one, and seldom twice. */
const MAX_MOVES = 3;

/** Reads from the session that the caller names, or from the one that it moved to. */
export async function readSession<Read extends { readonly state: string }>(
  params: URLSearchParams,
  { env, caller, base }: ToolCall,
  read: (stub: SessionStub) => Promise<Read | Elsewhere>,
): Promise<Found<Read>> {
  const name = readSessionName(params);
  if (!name.ok) return { refused: refusal(name.detail) };
  let id = sessionIdIn(name.value.session);
  for (let move = 0; move < MAX_MOVES; move++) {
    const result: Read | Elsewhere = await read(sessionAt(env, caller, id));
    if (result.state === "absent") break;
    if (!("sessions" in result)) return { id, url: pageOf(base, id), read: result as Exclude<Read, Elsewhere> };
    const [only, ...others] = result.sessions;
    if (only === undefined || others.length > 0)
      return {
        refused: {
          words: ["The traces of this session moved to several sessions."],
          recorded: result.sessions.map((session) => `- ${session}`).join("\n"),
          isError: true,
        },
      };
    id = only;
  }
  return { refused: refusal("This session does not exist or was deleted. find_sessions lists sessions.") };
}

export function pageOf(base: string, id: string, span?: string): string {
  return `${base}/sessions/${encodeURIComponent(id)}${span === undefined ? "" : `?span=${span}`}`;
}
