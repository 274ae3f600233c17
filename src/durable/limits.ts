/** Most spans that a session holds: the facts of so many stay within 32 MB of the object's memory, rebuilding included. */
export const SESSION_SPANS = 100_000;

/** Most bytes of bodies that a session holds: a tenth of what the platform gives an object, so that copies and values fit beside them. */
export const SESSION_BYTES = 1_000_000_000;

/** Bytes of bodies in one RPC of a copy: an RPC value may have 32 MiB, and a smaller one is repeated more cheaply after a fault. */
export const COPY_BATCH_BYTES = 4_000_000;

/** Bytes of bodies in one page for a viewer: bounds what the Worker holds for a viewer that reads slowly. */
export const PAGE_BYTES = 1_000_000;
