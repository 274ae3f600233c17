import { log } from "../../lib/log.ts";
import type { DeliveryOutcome, Sink, SinkAnswer, Transport } from "../sink.ts";

/** `at`: when it began, Unix milliseconds. `answer`: the last one; absent without one. */
export type Attempt = {
  readonly at: number;
  readonly millis: number;
  readonly outcome: DeliveryOutcome;
  readonly answer?: SinkAnswer;
};

/**
 * One attempt to deliver a batch within a time limit. Never rejects: a sink that does has a fault, which the same batch would meet
 * each time.
 */
export async function attemptDelivery<Batch>(
  sink: Sink<Batch>,
  batch: Batch,
  transport: Transport,
  timeoutMillis: number,
): Promise<Attempt> {
  let answer: SinkAnswer | undefined;
  const watched: Transport = async (request, signal) => (answer = await transport(request, signal));
  const at = Date.now();
  const outcome = await deliverOnce(sink, batch, watched, timeoutMillis);
  const millis = Math.max(0, Math.round(Date.now() - at));
  return { at, millis, outcome, ...(answer === undefined ? {} : { answer }) };
}

async function deliverOnce<Batch>(
  sink: Sink<Batch>,
  batch: Batch,
  transport: Transport,
  timeoutMillis: number,
): Promise<DeliveryOutcome> {
  try {
    return await sink.deliver(batch, transport, AbortSignal.timeout(timeoutMillis));
  } catch (error) {
    const reference = crypto.randomUUID();
    log("batch-not-encoded", { level: "error", reference, error });
    return { outcome: "refused", reason: `it could not be encoded: an internal error; reference ${reference}` };
  }
}
