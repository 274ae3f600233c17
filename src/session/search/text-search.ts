import type { ViewRecord } from "../view/log-view.ts";
import type { TreeNode } from "../tree/tree-node.ts";
import { searchRecord, searchSpan } from "./search.ts";
import type { SearchPattern } from "./pattern.ts";

/** What is searched: the rows of a tree, then log records. */
export type Searched = { readonly rows: readonly TreeNode[]; readonly logs: readonly ViewRecord[] };

/**
 * A search that goes on in parts, so that a page stays responsive. A span that was searched is not searched again: a growing
 * session costs only what is new.
 */
export class TextSearch {
  readonly #pattern: SearchPattern;
  readonly #known = new WeakMap<object, boolean>();

  constructor(pattern: SearchPattern) {
    this.#pattern = pattern;
  }

  /**
   * Keys of spans and log records, yielded one by one; `undefined` after one without a match, so that the caller may pause
   * anywhere. A log record also stands for the span that it belongs to.
   */
  *keys({ rows, logs }: Searched): Generator<string | undefined, void> {
    const bySpan = new Map<string, string>();
    for (const { key, span, traceId, spanId } of rows) {
      if (logs.length > 0) bySpan.set(`${traceId}:${spanId}`, key);
      const isHit = span !== undefined && this.#has(span, () => searchSpan(span.span, this.#pattern) !== undefined);
      yield isHit ? key : undefined;
    }
    for (const record of logs) {
      if (!this.#has(record, () => searchRecord(record.record, this.#pattern) !== undefined)) {
        yield undefined;
        continue;
      }
      yield record.key;
      const subject = record.subject === "" ? undefined : bySpan.get(`${record.traceId}:${record.subject}`);
      if (subject !== undefined) yield subject;
    }
  }

  #has(item: object, search: () => boolean): boolean {
    let has = this.#known.get(item);
    if (has === undefined) this.#known.set(item, (has = search()));
    return has;
  }
}
