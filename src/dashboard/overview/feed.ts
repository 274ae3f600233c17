import { type ReadonlySignal, signal } from "@preact/signals";
import { decodeListEvent } from "../../client/decode-event.ts";
import type { OverviewAnswer } from "../../session/contract/overview.ts";
import { BASE, LIST_PATH } from "../address/address.ts";
import { authorisedFetch } from "../server.ts";
import { type Stream, openStream } from "../stream/stream.ts";

export type OverviewFeed = {
  readonly stream: Stream;
  /** `undefined` until the first answer. */
  readonly shown: ReadonlySignal<OverviewAnswer | undefined>;
  /** Resolves when the first answer is here or was refused. */
  readonly first: Promise<void>;
};

/** After a change it is read again, at most this often, milliseconds. */
const REREAD = 1_000;
/** Time alone changes what is said of open sessions. */
const REREAD_OPEN = 10_000;

let opened: OverviewFeed | undefined;

/** The overview, live. Its page shows and hides the stream. */
export const overviewFeed = (): OverviewFeed => (opened ??= open());

/** The list's stream says when it changes. */
function open(): OverviewFeed {
  const shown = signal<OverviewAnswer | undefined>(undefined);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let dueAt = Infinity;

  const rereadIn = (millis: number): void => {
    const at = performance.now() + millis;
    if (at >= dueAt) return;
    clearTimeout(timer);
    dueAt = at;
    timer = setTimeout(() => void reread(), millis);
  };
  const reread = async (): Promise<void> => {
    dueAt = Infinity;
    // Paused or hidden, nothing changes. Events after a resume ask for it again.
    if (stream.state.value.state !== "live") return;
    try {
      await read();
    } catch {
      rereadIn(REREAD_OPEN);
    }
  };
  const read = async (): Promise<void> => {
    const response = await authorisedFetch(`${BASE}/`, { headers: { Accept: "application/json" }, cache: "no-store" });
    if (!response.ok) return;
    const answer = (await response.json()) as OverviewAnswer;
    shown.value = answer;
    if (answer.now.length > 0) rereadIn(REREAD_OPEN);
  };

  const stream = openStream(`${LIST_PATH}?kind=all&watch=true`, decodeListEvent, () => rereadIn(REREAD), {
    // From now on: the list itself is not shown.
    url: `${LIST_PATH}?kind=all&limit=1`,
    take: (body) => String(Reflect.get(Object(body), "resourceVersion")),
  });
  return { stream, shown, first: read().catch(() => undefined) };
}
