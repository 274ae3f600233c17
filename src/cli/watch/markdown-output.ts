import type { Server } from "../server/server.ts";
import { sessionPath } from "../server/session-argument.ts";
import type { SessionFeed } from "../server/session-feed.ts";
import type { Output } from "./output.ts";

/** Text is asked for when nothing has arrived for so long, milliseconds: spans of one step arrive together. */
const REST = 1_000;

/** The transcript as it grows: first what there is, then each time what came since. */
export function markdownOutput(server: Server, since: string | undefined): Output {
  let version = since;
  let isFirst = since === undefined;
  let timer: NodeJS.Timeout | undefined;
  let asked: Promise<void> = Promise.resolve();
  async function print({ session, view }: SessionFeed): Promise<void> {
    const to = view.state.caughtUp;
    if (to === undefined || to === version) return;
    const parameters = new URLSearchParams({
      format: "markdown",
      ...(version === undefined ? {} : { since: version }),
    });
    const response = await server.request(`${sessionPath(session)}?${parameters.toString()}`);
    const text = await response.text();
    version = sinceIn(text) ?? to;
    const news = isFirst ? text : withoutHead(text);
    isFirst = false;
    if (news.trim() !== "") process.stdout.write(`${news.trimEnd()}\n\n`);
  }
  // A request that failed is made again with the next data: nothing was printed of it.
  const ask = (feed: SessionFeed): Promise<void> => (asked = asked.catch(() => undefined).then(() => print(feed)));
  return {
    resumes: "since",
    events(_events, feed) {
      clearTimeout(timer);
      timer = setTimeout(
        () =>
          void ask(feed).catch((error: unknown) =>
            console.error(error instanceof Error ? error.message : String(error)),
          ),
        REST,
      );
    },
    async end(feed) {
      clearTimeout(timer);
      await ask(feed);
    },
  };
}

/** A transcript names the version from which the next one goes on. */
const sinceIn = (text: string): string | undefined => /`\?since=([^`]+)`/.exec(text)?.[1];

/** The head repeats the session's title and figures. */
const withoutHead = (text: string): string => {
  const turn = /^## /m.exec(text);
  return turn === null ? "" : text.slice(turn.index);
};
