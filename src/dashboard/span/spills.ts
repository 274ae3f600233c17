import type { AnyValue } from "../../trace/span.ts";

/** Large values of the span that is looked at: where they lie, those fetched so far, and what happens to one that comes. */
export type Spills = {
  readonly sessionId: string;
  /** By hash. */
  readonly fetched: ReadonlyMap<string, AnyValue>;
  readonly onFetched: (hash: string, value: AnyValue) => void;
};
