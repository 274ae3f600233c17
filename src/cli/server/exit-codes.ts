import type { Status } from "../../session/liveness.ts";

/** The server cannot be reached, or refuses. */
export const UNREACHABLE = 3;
/** There is no such session, or it was deleted; or what was asked for failed. */
export const FAILED = 1;
/** A mistake in the command line, by sysexits.h. */
export const EX_USAGE = 64;
/** Ctrl-C, as shells report it: 128 + SIGINT. */
export const INTERRUPTED = 130;

/** How `watch --until finished` ends at a status; `undefined`: it goes on. */
export const EXIT_OF: Readonly<Record<Status, number | undefined>> = {
  finished: 0,
  failed: FAILED,
  stalled: 2,
  waiting: 4,
  running: undefined,
  idle: undefined,
};
