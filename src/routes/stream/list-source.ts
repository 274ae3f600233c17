import type { Calls } from "../../place.ts";
import type { DirectoryObject } from "../../durable/directory/object.ts";
import type { DirectoryEntry, DirectoryFrame } from "../../session/contract/directory.ts";
import { admits, needsText } from "../../session/list/list-filter.ts";
import type { ListFilter } from "../../session/list/list-filter.ts";
import type { Source, Received } from "./follower.ts";
import { LastFrames } from "./last-frames.ts";
import { formatVersion } from "../../api/resource-version.ts";
import type { ResourceVersion } from "../../api/resource-version.ts";
import { openSocket } from "./session-source.ts";
import { sse, sseText } from "../../lib/sse.ts";

/** Only the directory can run a search: a searching viewer reads it at most this often. */
const SEARCH_INTERVAL_MILLIS = 500;

const lastFrames = new LastFrames({
  size: (message: string) => message.length,
  isSame: (one, other) => one === other,
  decode: (message) => JSON.parse(message) as DirectoryFrame,
});

/** The tenant's list as stream events. A session outside the filter is `gone` for its viewer, sent before or not. */
export class ListSource implements Source {
  readonly #stub: Calls<DirectoryObject>;
  readonly #filter: ListFilter;
  #cursor: ResourceVersion | undefined;
  #needsBookmark = false;
  #dueAt: number | undefined;
  /** Time of the last read by the directory's clock, in Unix milliseconds. */
  #seen: number | undefined;
  /** Time of the last search by this Worker's clock. */
  #searchedAt = 0;
  #blankUntil = 0;

  constructor(stub: Calls<DirectoryObject>, filter: ListFilter, cursor: ResourceVersion | undefined) {
    this.#stub = stub;
    this.#filter = filter;
    this.#cursor = cursor;
  }

  get needsBookmark(): boolean {
    return this.#needsBookmark;
  }

  get dueAt(): number | undefined {
    return this.#dueAt;
  }

  async attach(): Promise<WebSocket> {
    return await openSocket(this.#stub, "https://object/");
  }

  async read() {
    if (needsText(this.#filter)) {
      const wait = this.#searchedAt + SEARCH_INTERVAL_MILLIS - Date.now();
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, Math.min(wait, SEARCH_INTERVAL_MILLIS)));
      this.#searchedAt = Date.now();
    }
    const page = await this.#stub.changes({
      filter: this.#filter,
      blankUntil: this.#blankUntil,
      ...(this.#cursor === undefined ? {} : { from: this.#cursor }),
      ...(this.#seen === undefined ? {} : { lastReadAt: this.#seen }),
    });
    const { generation, head } = page;
    if (page.reset || this.#cursor === undefined) this.#blankUntil = head;
    const events: Uint8Array[] = [];
    if (page.reset) events.push(sse("reset", {}, formatVersion(generation, 0)));
    for (const entry of page.entries) events.push(eventOf(entry, formatVersion(generation, entry.revision)));
    // A transition has no revision, so no stream resumes from it.
    for (const entry of page.transitions) events.push(eventOf(entry));
    this.#cursor = { generation, revision: page.next };
    this.#seen = page.now;
    this.#dueAt = page.dueAt;
    const caughtUp = page.next >= head;
    if (caughtUp) {
      events.push(sse("recentExports", { recentExports: page.recentExports }));
      events.push(sse("bookmark", { resourceVersion: formatVersion(generation, page.next), now: page.now }));
    }
    this.#needsBookmark = !caughtUp;
    return { events, caughtUp, ended: false };
  }

  receive(message: string | ArrayBuffer): Received {
    if (typeof message !== "string") return { kind: "ignored" };
    const { frame, event } = lastFrames.read(message);
    if (frame.type === "recentExports")
      return { kind: "event", event: event(() => sse("recentExports", { recentExports: frame.recentExports })) };
    const { entry, generation, previous, facts, now } = frame;
    if (this.#cursor === undefined || generation !== this.#cursor.generation) return { kind: "behind" };
    if (entry.revision <= this.#cursor.revision) return { kind: "ignored" };
    if (previous !== this.#cursor.revision || needsText(this.#filter)) return { kind: "behind" };
    this.#cursor = { generation, revision: entry.revision };
    this.#needsBookmark = true;
    const isListed = entry.kind === "gone" || (facts !== undefined && admits(this.#filter, facts, now));
    const sent: DirectoryEntry = isListed ? entry : { kind: "gone", revision: entry.revision, id: entry.id };
    const make = () => eventOf(sent, formatVersion(generation, entry.revision));
    return { kind: "event", event: isListed ? event(make) : make() };
  }
}

function eventOf(entry: DirectoryEntry, at?: string): Uint8Array {
  if (entry.kind === "session") return sseText("session", `{"summary":${entry.summary}}`, at);
  return sse("gone", { id: entry.id, ...(entry.session === undefined ? {} : { session: entry.session }) }, at);
}
