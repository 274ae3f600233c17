import type { ReadOptions } from "../../src/otlp/body.ts";
import { Pace } from "../../src/otlp/pace.ts";

/** Reads a body up to this limit, with room for all of it and at any speed. */
export function reading(limit: number): ReadOptions {
  return { limit, hold: () => true, pace: new Pace(), seconds: () => () => {} };
}
