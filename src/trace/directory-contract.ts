/** What the Worker and the sessions say to the tenant's directory, and hear from it. */
import type { Arrivals } from "./stream-events.ts";
import type { SessionSummary } from "./summary.ts";

export type SessionReport = {
  readonly id: string;
  /** Of two lives of one id, the later sorts last. */
  readonly incarnation: string;
  readonly revision: number;
  readonly summary: SessionSummary;
};

export type SessionRemoval = {
  readonly id: string;
  readonly incarnation: string;
  /** Where its traces went, if to one place. */
  readonly session?: string;
};

export type ListQuery = {
  readonly kind: "session" | "trace" | "all";
  readonly limit: number;
  readonly cursor?: { readonly activity: number; readonly id: string };
};

export type ListPage = {
  readonly incarnation: string;
  readonly head: number;
  readonly sessions: readonly SessionSummary[];
  readonly next?: { readonly activity: number; readonly id: string };
  readonly arrivals: Arrivals;
};

export type DirectoryEntry =
  | { readonly kind: "session"; readonly revision: number; readonly summary: SessionSummary }
  | { readonly kind: "gone"; readonly revision: number; readonly id: string; readonly session?: string };

export type ChangesPage = {
  readonly incarnation: string;
  readonly head: number;
  /** The asked version is unknown, or so old that deletions since are forgotten. */
  readonly reset: boolean;
  readonly entries: readonly DirectoryEntry[];
  readonly next: number;
  readonly arrivals: Arrivals;
};

/** A message to a list viewer's socket, as JSON. */
export type DirectoryFrame =
  | { readonly type: "change"; readonly incarnation: string; readonly previous: number; readonly entry: DirectoryEntry }
  | { readonly type: "arrivals"; readonly arrivals: Arrivals };
