import { nanoseconds } from "../../trace/nanoseconds.ts";
import type { ChunkEntry } from "../../trace/watch.ts";
import { sseAround } from "./sse.ts";

/** What a delivery brought, as an event of a session's stream. `text`: JSON of what the entry holds, or of a part of it. */
export function chunkEvent({ kind, traceId, received, receipt }: ChunkEntry, text: Uint8Array, id: string): Uint8Array {
  const head = { received: nanoseconds(received), receipt };
  if (kind === "spans") return sseAround("spans", head, "resourceSpans", text, id);
  return sseAround("logs", { ...head, traceId }, "resourceLogs", text, id);
}
