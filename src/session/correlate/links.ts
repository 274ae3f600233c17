/**
 * How spans that were made of log records hang together with others, where their own ids do not say. Tables and trees ask
 * here, and nobody else decides it; it depends on the set of spans only.
 */
export type DerivedLinks = {
  /** By row: 1 where a better row tells the same. It is neither counted nor shown. */
  readonly duplicates: Uint8Array;
  /** By row: the row that it hangs from, or {@link ROOT}. */
  readonly parents: ReadonlyMap<number, number>;
  /** By hidden row: the row that tells the same, where there is one. */
  readonly replacements: ReadonlyMap<number, number>;
  /** By row of a query that was told of: a row of the query that it is. */
  readonly sameQuery: ReadonlyMap<number, number>;
};

/** While the links are made. */
export type DraftLinks = {
  readonly duplicates: Uint8Array;
  readonly parents: Map<number, number>;
  readonly replacements: Map<number, number>;
  readonly sameQuery: Map<number, number>;
};

/** A query that events tell of, with its operations. */
export type EventQuery = { readonly query: number; readonly operations: readonly number[] };
