import type { Bindings } from "../../../bindings.ts";
import { sessionAt } from "../../../place.ts";
import { findQuery } from "./find-query.ts";
import type { FoundQuery } from "./find-query.ts";
import type { ItemReader } from "../follow/items.ts";
import { endOf, LogItems } from "../follow/log-items.ts";
import { eventFilter, tellEvents } from "./tell-events.ts";

export type QueryAsked = {
  readonly env: Bindings;
  readonly tenant: string;
  /** As `findQuery` takes it. */
  readonly query: string;
  /** Everything up to it was told; without one, nothing was. */
  readonly cursor: number | undefined;
};

/** A query that nobody heard of is looked for at most this often, whatever else happens. */
const SEEK_MILLIS = 500;

/** What one query's events tell, wherever they come to be: a query that nobody heard of yet is waited for. */
export class QueryItems implements ItemReader {
  readonly #asked: QueryAsked;
  #log: ItemReader | undefined;
  #sought = 0;

  private constructor(asked: QueryAsked, found: ItemReader | undefined) {
    this.#asked = asked;
    this.#log = found;
  }

  /** `from`: where to begin if no cursor says it. */
  static async open(asked: QueryAsked, from: "beginning" | "now"): Promise<QueryItems> {
    const found = await findQuery(asked.env, asked.tenant, asked.query);
    if (found === undefined) return new QueryItems(asked, undefined);
    if (asked.cursor !== undefined || from === "beginning") return new QueryItems(asked, await logOf(asked, found));
    const cursor = endOf(await sessionAt(asked.env, asked.tenant, found.session).peek("session"));
    const now = { ...asked, cursor };
    return new QueryItems(now, await logOf(now, found));
  }

  /** Where it begins, where that is known. */
  get cursor(): number | undefined {
    return this.#asked.cursor;
  }

  async read(): ReturnType<ItemReader["read"]> {
    if (this.#log === undefined) {
      const wait = this.#sought + SEEK_MILLIS - Date.now();
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, Math.min(wait, SEEK_MILLIS)));
      this.#sought = Date.now();
      const found = await findQuery(this.#asked.env, this.#asked.tenant, this.#asked.query);
      if (found === undefined) return { items: [], caughtUp: true, ended: false };
      this.#log = await logOf(this.#asked, found);
    }
    return await this.#log.read();
  }
}

async function logOf({ env, tenant, cursor }: QueryAsked, found: FoundQuery): Promise<ItemReader> {
  const { session } = found;
  const tell = tellEvents(env, tenant, await eventFilter(env, tenant, found));
  return new LogItems({ stub: sessionAt(env, tenant, session), view: "session", id: session, tell, cursor });
}
