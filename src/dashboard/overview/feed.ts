import { effect, type ReadonlySignal, signal } from "@preact/signals";
import { decodeListEvent } from "../../client/decode-event.ts";
import type { OverviewAnswer } from "../../session/contract/overview.ts";
import { BASE, LIST_PATH } from "../address/address.ts";
import { getFresh } from "../get-fresh.ts";
import { openReread } from "../stream/reread.ts";
import { afterPress } from "../ui/press.ts";
import { type Stream, openStream } from "../stream/stream.ts";

export type OverviewFeed = {
  readonly stream: Stream;
  /** `undefined` until the first answer. */
  readonly shown: ReadonlySignal<OverviewAnswer | undefined>;
  /** Resolves when the first answer is here or was refused. */
  readonly first: Promise<void>;
};

/** After a change it is read again, at most this often, milliseconds. */
const PAUSE = 1_000;

let opened: OverviewFeed | undefined;

/** The overview, live. Its page shows and hides the stream. */
export const overviewFeed = (): OverviewFeed => (opened ??= open());

/** The list's stream says when it changes. */
function open(): OverviewFeed {
  const url = `${BASE}/`;
  const shown = signal<OverviewAnswer | undefined>(undefined);
  const take = (body: unknown): string => {
    const answer = body as OverviewAnswer;
    afterPress(() => (shown.value = answer));
    if (answer.now.length > 0) reread.later();
    return answer.resourceVersion;
  };
  const stream = openStream(`${LIST_PATH}?kind=all&watch=true`, decodeListEvent, (events) => reread.after(events), {
    url,
    take,
  });
  const reread = openReread(stream.state, PAUSE, async () => {
    take(await (await getFresh(url, "application/json")).json());
  });
  const first = new Promise<void>((resolve) => {
    effect(() => {
      if (shown.value !== undefined || stream.state.value.state === "refused") resolve();
    });
  });
  return { stream, shown, first };
}
