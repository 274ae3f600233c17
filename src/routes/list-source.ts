import type { DirectoryObject } from "../durable/directory.ts";
import type { DirectoryEntry, DirectoryFrame, ListQuery } from "../trace/directory-contract.ts";
import type { Source, Taken } from "./follower.ts";
import { formatVersion } from "./resource-version.ts";
import type { ResourceVersion } from "./resource-version.ts";
import { openSocket } from "./session-source.ts";
import { sse } from "./sse.ts";

const PAGE_ROWS = 200;

/** The tenant's list as stream events. A session outside the filter is `gone` to its viewer, whether it was seen or not. */
export class ListSource implements Source {
  readonly #stub: DurableObjectStub<DirectoryObject>;
  readonly #kind: ListQuery["kind"];
  #cursor: ResourceVersion | undefined;
  #unmarked = false;

  constructor(stub: DurableObjectStub<DirectoryObject>, kind: ListQuery["kind"], cursor: ResourceVersion | undefined) {
    this.#stub = stub;
    this.#kind = kind;
    this.#cursor = cursor;
  }

  get unmarked(): boolean {
    return this.#unmarked;
  }

  async attach(): Promise<WebSocket> {
    return await openSocket(this.#stub, "https://object/");
  }

  async read() {
    const page = await this.#stub.changes(this.#cursor, PAGE_ROWS);
    const events: Uint8Array[] = [];
    if (page.reset) events.push(sse("reset", {}, formatVersion(page.incarnation, 0)));
    for (const entry of page.entries) events.push(this.#event(page.incarnation, entry));
    this.#cursor = { incarnation: page.incarnation, revision: page.next };
    const caughtUp = page.next >= page.head;
    if (caughtUp) {
      events.push(sse("arrivals", { arrivals: page.arrivals }));
      events.push(sse("bookmark", { resourceVersion: formatVersion(page.incarnation, page.next), now: Date.now() }));
    }
    this.#unmarked = !caughtUp;
    return { events, caughtUp, ended: false };
  }

  take(message: string | ArrayBuffer): Taken {
    if (typeof message !== "string") return { kind: "nothing" };
    const frame = JSON.parse(message) as DirectoryFrame;
    if (frame.type === "arrivals") return { kind: "event", event: sse("arrivals", { arrivals: frame.arrivals }) };
    const { entry, incarnation, previous } = frame;
    if (this.#cursor === undefined || incarnation !== this.#cursor.incarnation) return { kind: "news" };
    if (entry.revision <= this.#cursor.revision) return { kind: "nothing" };
    if (previous !== this.#cursor.revision) return { kind: "news" };
    this.#cursor = { incarnation, revision: entry.revision };
    this.#unmarked = true;
    return { kind: "event", event: this.#event(incarnation, entry) };
  }

  #event(incarnation: string, entry: DirectoryEntry): Uint8Array {
    const id = formatVersion(incarnation, entry.revision);
    if (entry.kind === "gone")
      return sse("gone", { id: entry.id, ...(entry.session === undefined ? {} : { session: entry.session }) }, id);
    if (this.#kind !== "all" && entry.summary.kind !== this.#kind) return sse("gone", { id: entry.summary.id }, id);
    return sse("session", { summary: entry.summary }, id);
  }
}
