import type { Bindings } from "../../config.ts";
import { sessionAt } from "../../place.ts";
import type { Caller } from "../../place.ts";
import type { ItemReader } from "../follow/items.ts";
import { endOf, LogItems } from "../follow/log-items.ts";
import { findQuery } from "./find-query.ts";
import type { FoundQuery } from "./find-query.ts";
import { eventFilter, eventItems } from "./session-events.ts";

export type QueryItemsOptions = {
  readonly env: Bindings;
  readonly caller: Caller;
  /** As `findQuery` takes it. */
  readonly query: string;
  /** Everything up to it was sent; without one, nothing was. */
  readonly cursor: number | undefined;
};

/** An unknown query is looked up at most this often, whatever else happens. */
const SEEK_MILLIS = 500;

/** The events of one query, in whichever session they arrive: an unknown query is waited for. */
export class QueryItems implements ItemReader {
  readonly #options: QueryItemsOptions;
  #log: ItemReader | undefined;
  #sought = 0;

  private constructor(options: QueryItemsOptions, log: ItemReader | undefined) {
    this.#options = options;
    this.#log = log;
  }

  /** `from`: where to begin without a cursor. */
  static async open(options: QueryItemsOptions, from: "beginning" | "now"): Promise<QueryItems> {
    const found = await findQuery(options.env, options.caller, options.query);
    if (found === undefined) return new QueryItems(options, undefined);
    if (options.cursor !== undefined || from === "beginning")
      return new QueryItems(options, await logOf(options, found));
    const cursor = endOf(await sessionAt(options.env, options.caller, found.session).peek("session"));
    const now = { ...options, cursor };
    return new QueryItems(now, await logOf(now, found));
  }

  /** Where the stream begins, if that is known. */
  get cursor(): number | undefined {
    return this.#options.cursor;
  }

  async read(): ReturnType<ItemReader["read"]> {
    if (this.#log === undefined) {
      const wait = this.#sought + SEEK_MILLIS - Date.now();
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, Math.min(wait, SEEK_MILLIS)));
      this.#sought = Date.now();
      const found = await findQuery(this.#options.env, this.#options.caller, this.#options.query);
      if (found === undefined) return { items: [], caughtUp: true, ended: false };
      this.#log = await logOf(this.#options, found);
    }
    return await this.#log.read();
  }
}

async function logOf({ env, caller, cursor }: QueryItemsOptions, found: FoundQuery): Promise<ItemReader> {
  const { session } = found;
  const readItems = eventItems(env, caller, await eventFilter(env, caller, found));
  return new LogItems({ stub: sessionAt(env, caller, session), view: "session", id: session, readItems, cursor });
}
