import { failureOf } from "../http/answer-outcome.ts";
import { failureText } from "../http/fetch-transport.ts";
import type { DeliveryOutcome, SinkRequest, Transport } from "../sink.ts";

/** A receiver that fails has not refused: OTLP's receivers say so by 503, those of alerts by any status from 500 on. */
const isRetryable = (status: number): boolean => status === 429 || status >= 500;

/** Sends one alert, to a webhook or a push service. Never rejects. */
export async function post(request: SinkRequest, transport: Transport, signal: AbortSignal): Promise<DeliveryOutcome> {
  try {
    return failureOf(await transport(request, signal), Date.now(), isRetryable) ?? { outcome: "accepted" };
  } catch (error) {
    return { outcome: "retry", reason: failureText(error, request) };
  }
}
