import { log } from "./lib/log.ts";

/**
 * The consumer of the deployment's queues. Nothing produces messages yet, and wrangler.toml binds no queue. A queue that
 * is bound by mistake is emptied with a log line: unread messages would be retried until they expire.
 */
export function consume(batch: MessageBatch): void {
  log("queue-messages-unknown", { level: "warn", queue: batch.queue, messages: batch.messages.length });
  batch.ackAll();
}
