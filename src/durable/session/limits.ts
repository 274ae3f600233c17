/**
 * Most spans and log records of a session. Facts of 90,000 take some 10 MB of an object's memory, and waking folds
 * them and sums them up within 32 MB, garbage included (`npm run bench -- g`).
 */
export const SESSION_SPANS = 90_000;

/** Most traces of a session: each costs up to a kilobyte beside its spans. */
export const SESSION_TRACES = 10_000;

/** Bytes of bodies in one RPC of a copy: an RPC value may have 32 MiB, and a smaller one is repeated more cheaply after a fault. */
export const COPY_BATCH_BYTES = 4_000_000;

/** Bytes of pending copies in memory, beside the log: some 50 batches of 100 spans. The rest is read from the log. */
export const PENDING_COPIES_BYTES = 1_000_000;
