import type { WriteStream } from "node:tty";
import type { SessionFeed } from "../server/session-feed.ts";
import { Screen } from "../terminal/screen.ts";
import { sessionLines } from "../terminal/session-lines.ts";
import { plain, type Style } from "../terminal/style.ts";
import type { Output } from "./output.ts";

/** The session's tree, redrawn in place; at the end it stands whole in the terminal. */
export function treeOutput(out: WriteStream, style: Style, as: "live" | "replay" = "live"): Output {
  const screen = new Screen(out);
  const linesOf = (feed: SessionFeed, lines?: number): string[] => {
    const summary = feed.view.summary();
    if (summary === undefined) return [style("dim", `${plain(feed.session)}: no spans yet`)];
    const canvas = { columns: screen.columns, style, ...(lines === undefined ? {} : { lines }) };
    return sessionLines({ summary, tree: feed.view.tree(), now: feed.now, as }, canvas);
  };
  return {
    show(feed, _status, trouble) {
      const note = trouble === undefined ? [] : [style("yellow", plain(trouble))];
      screen.draw([...linesOf(feed, screen.lines - note.length), ...note]);
    },
    end: (feed) => screen.finish(linesOf(feed)),
  };
}
