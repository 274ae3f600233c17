import type { Bindings } from "../../bindings.ts";
import { sessionAt } from "../../place.ts";
import { findQuery } from "./find-query.ts";
import type { FoundQuery } from "./find-query.ts";
import type { ItemReader } from "./items.ts";
import { endOf, LogItems } from "./log-items.ts";
import { tellEvents } from "./tell-events.ts";

export type QueryAsked = {
  readonly env: Bindings;
  readonly tenant: string;
  /** As `findQuery` takes it. */
  readonly query: string;
  /** Everything up to it was told; without one, nothing was. */
  readonly cursor: number | undefined;
};

/** What one query's events tell, wherever they come to be: a query that nobody heard of yet is waited for. */
export class QueryItems implements ItemReader {
  readonly #asked: QueryAsked;
  #log: ItemReader | undefined;

  private constructor(asked: QueryAsked, found: FoundQuery | undefined) {
    this.#asked = asked;
    this.#log = found && logOf(asked, found);
  }

  /** `from`: where to begin if no cursor says it. */
  static async open(asked: QueryAsked, from: "beginning" | "now"): Promise<QueryItems> {
    const found = await findQuery(asked.env, asked.tenant, asked.query);
    if (asked.cursor !== undefined || from === "beginning" || found === undefined) return new QueryItems(asked, found);
    const cursor = endOf(await sessionAt(asked.env, asked.tenant, found.session).peek("session"));
    return new QueryItems({ ...asked, cursor }, found);
  }

  async read(): ReturnType<ItemReader["read"]> {
    if (this.#log === undefined) {
      const found = await findQuery(this.#asked.env, this.#asked.tenant, this.#asked.query);
      if (found === undefined) return { items: [], caughtUp: true, ended: false };
      this.#log = logOf(this.#asked, found);
    }
    return await this.#log.read();
  }
}

function logOf({ env, tenant, cursor }: QueryAsked, { session, isOf }: FoundQuery): ItemReader {
  const stub = sessionAt(env, tenant, session);
  return new LogItems({ stub, view: "session", id: session, tell: tellEvents(env, tenant, isOf), cursor });
}
