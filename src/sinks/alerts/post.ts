import { failureOf } from "../http/answer-outcome.ts";
import { credentialsIn } from "../http/answer-text.ts";
import { failureText } from "../http/fetch-transport.ts";
import type { DeliveryOutcome, SinkRequest, Transport } from "../sink.ts";

/** A receiver that fails has not refused: OTLP's receivers say so by 503, those of alerts by any status from 500 on. */
const isRetryable = (status: number): boolean => status === 429 || status >= 500;

/** Sends one alert, to a webhook or a push service. Never rejects. */
export async function post(request: SinkRequest, transport: Transport, signal: AbortSignal): Promise<DeliveryOutcome> {
  try {
    const answer = await transport(request, signal);
    return failureOf(answer, Date.now(), credentialsOf(request), isRetryable) ?? { outcome: "accepted" };
  } catch (error) {
    return { outcome: "retry", reason: failureText(error, request) };
  }
}

/** Whoever knows the path of a webhook, or the endpoint of a subscription, may send there. */
function credentialsOf({ url, headers: { authorization = "" } }: SinkRequest): readonly string[] {
  const { pathname, search } = new URL(url);
  return [pathname + search, pathname, decoded(pathname), ...credentialsIn({ authorization })];
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
