import type { DeliveryOutcome, Sink, SinkAnswer, Transport } from "../sink.ts";

/** `at`: when it began, Unix milliseconds. `answer`: the last one; absent without one. */
export type Attempt = {
  readonly at: number;
  readonly millis: number;
  readonly outcome: DeliveryOutcome;
  readonly answer?: SinkAnswer;
};

/** One attempt to deliver a batch within a time limit. Never rejects. */
export async function attemptDelivery<Batch>(
  sink: Sink<Batch>,
  batch: Batch,
  transport: Transport,
  timeoutMillis: number,
): Promise<Attempt> {
  let answer: SinkAnswer | undefined;
  const watched: Transport = async (request, signal) => (answer = await transport(request, signal));
  const at = Date.now();
  const outcome = await sink.deliver(batch, watched, AbortSignal.timeout(timeoutMillis));
  const millis = Math.max(0, Math.round(Date.now() - at));
  return { at, millis, outcome, ...(answer === undefined ? {} : { answer }) };
}
