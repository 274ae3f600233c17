import type { SessionStreamEvent } from "../../../src/session/contract/stream-events.ts";

/** The present of the gallery, Unix milliseconds. */
export const PRESENT = Date.UTC(2026, 10, 24, 9, 41);

/** A session as its stream would send it. */
export type CapturedSession = { readonly id: string; readonly events: readonly SessionStreamEvent[] };
