import { Follower } from "../routes/stream/follower.ts";
import type { Received, Source } from "../routes/stream/follower.ts";
import { openSocket } from "../routes/stream/session-source.ts";
import type { LogPage } from "../session/contract/log-page.ts";
import { nextTransition } from "../session/list/list-filter.ts";
import { liveness } from "../session/liveness.ts";
import type { Status } from "../session/liveness.ts";
import type { SessionSummary } from "../session/summary.ts";
import type { SessionStub } from "./tool.ts";

const ENDS: ReadonlySet<Status> = new Set(["failed", "finished"]);
/** With new data an ended session runs again: who waits for one of these waits for that. */
const BEGINNINGS: readonly Status[] = ["running", "idle"];

/** Whether a session with this status ended without one of the wanted ones: without new data it gets none of them. */
export function hasMissed(status: Status, wanted: readonly Status[]): boolean {
  return ENDS.has(status) && !wanted.includes(status) && !BEGINNINGS.some((begun) => wanted.includes(begun));
}

const NOTHING = new Uint8Array();

type Awaited =
  | Exclude<LogPage, { readonly state: "present" }>
  | { readonly state: "present"; readonly summary: SessionSummary };

/** A session's live stream without its contents: each change is read as a summary, and the stream ends at a wanted status. */
class StatusSource implements Source {
  readonly #stub: SessionStub;
  readonly #wanted: readonly Status[];
  #needsBookmark = false;
  #wasThere = false;
  latest: Awaited = { state: "absent" };

  constructor(stub: SessionStub, wanted: readonly Status[]) {
    this.#stub = stub;
    this.#wanted = wanted;
  }

  get needsBookmark(): boolean {
    return this.#needsBookmark;
  }

  get dueAt(): number | undefined {
    return this.latest.state === "present" ? nextTransition(this.latest.summary.liveness, Date.now()) : undefined;
  }

  async attach(): Promise<WebSocket> {
    return await openSocket(this.#stub, "https://object/?view=session");
  }

  async read() {
    const page: LogPage = await this.#stub.peek("session");
    this.#needsBookmark = false;
    if (page.state === "present" && page.summary !== undefined)
      this.latest = { state: "present", summary: page.summary };
    else this.latest = page.state === "present" ? { state: "absent" } : page;
    return { events: [], caughtUp: true, ended: this.#isOver() };
  }

  /** The follower reads again a moment after the last of several changes, and no later than its bookmarks. */
  receive(message: string | ArrayBuffer): Received {
    if (typeof message === "string") return { kind: "behind" };
    this.#needsBookmark = true;
    return { kind: "event", event: NOTHING };
  }

  #isOver(): boolean {
    // A session that is absent may come; one that was there was deleted.
    if (this.latest.state !== "present") return this.latest.state === "moved" || this.#wasThere;
    this.#wasThere = true;
    const { status } = liveness(this.latest.summary.liveness, Date.now());
    return this.#wanted.includes(status) || hasMissed(status, this.#wanted);
  }
}

/** The session when it has one of the statuses, or after so many milliseconds, or when the caller goes away. */
export async function awaitStatus(
  stub: SessionStub,
  wanted: readonly Status[],
  millis: number,
  signal: AbortSignal,
): Promise<Awaited> {
  const source = new StatusSource(stub, wanted);
  const { ended } = await source.read();
  if (ended || millis === 0) return source.latest;
  const over = AbortSignal.any([signal, AbortSignal.timeout(millis)]);
  const reader = new Follower(source).stream(over).getReader();
  while (!(await reader.read()).done);
  return source.latest;
}
