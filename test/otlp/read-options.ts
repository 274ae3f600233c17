import type { ReadOptions } from "../../src/otlp/body.ts";
import { Pace } from "../../src/otlp/pace.ts";

/** Options to read a body up to this limit, with room for all of it and at any speed. */
export function readOptions(limit: number): ReadOptions {
  return { limit, hold: () => true, pace: new Pace(), seconds: () => () => {} };
}
