import { decodeSessionEvent } from "../../client/decode-event.ts";
import { openEventStream, type EventStream } from "../../client/event-stream.ts";
import { headless } from "../../client/platform.ts";
import type { StreamState } from "../../client/stream-state.ts";
import type { SessionStreamEvent } from "../../session/contract/stream-events.ts";
import { readPrices } from "../../session/prices/prices.ts";
import { recordReader } from "../../session/view/record-reader.ts";
import { SessionView } from "../../session/view/session-view.ts";
import type { Server } from "./server.ts";
import { sessionPath } from "./session-argument.ts";

export type FeedEvent = { readonly event: SessionStreamEvent; readonly id: string | undefined };

export type FeedOptions = {
  readonly server: Server;
  readonly session: string;
  /** Parameters of the URL: `replay` and those beside it. */
  readonly parameters?: Readonly<Record<string, string>>;
  readonly from?: string | undefined;
  /** `retry`: the session may begin later. */
  readonly whenMissing: "retry" | "give-up";
  readonly onEvents: (events: readonly FeedEvent[]) => void;
  readonly onState: (state: StreamState) => void;
};

/** A session as its stream sends it: folded by the page's folds, resumed by the page's client. */
export class SessionFeed {
  readonly session: string;
  readonly view: SessionView;
  readonly #stream: EventStream;
  /** The server's clock minus ours, milliseconds. */
  #ahead = 0;

  constructor(options: FeedOptions) {
    const { server, session, parameters } = options;
    this.session = session;
    this.view = new SessionView(session, readPrices);
    this.view.useRecords(recordReader);
    const query = parameters === undefined ? "" : `?${new URLSearchParams(parameters).toString()}`;
    this.#stream = openEventStream<SessionStreamEvent>(
      {
        url: () => `${server.url}${sessionPath(session)}${query}`,
        decode: decodeSessionEvent,
        from: options.from,
        authorisation: () => server.authorisation,
        kind: parameters?.["replay"] === undefined ? "watch" : "replay",
        whenMissing: options.whenMissing,
        onEvents: (received) => {
          for (const { event } of received) {
            this.view.apply(event);
            if (event.type === "bookmark") this.#ahead = event.now - Date.now();
          }
          options.onEvents(received.map(({ event, id }) => ({ event, id })));
        },
        onState: options.onState,
      },
      headless,
    );
  }

  /** The server's clock, Unix milliseconds. */
  get now(): number {
    return Date.now() + this.#ahead;
  }

  close(): void {
    this.#stream.close();
  }
}
