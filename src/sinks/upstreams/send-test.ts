import { randomHex } from "../../lib/random-hex.ts";
import type { ResourceSpans } from "../../otel/span.ts";
import { answerText, credentialsIn } from "../http/answer-text.ts";
import { attemptDelivery } from "../http/attempt-delivery.ts";
import type { DeliveryOutcome, Transport } from "../sink.ts";
import { otlpUpstream } from "./otlp-upstream.ts";
import type { Upstream } from "./registry.ts";

/** UTF-16 units of an answer's body that are shown. */
const MAX_BODY = 2_000;

export type UpstreamTest = {
  readonly outcome: DeliveryOutcome["outcome"];
  readonly reason?: string;
  readonly status?: number;
  readonly body?: string;
  readonly millis: number;
};

/** Sends one span, which says that it is a test, and shows what came back. */
export async function sendTest(
  { settings, headers }: Upstream,
  self: string,
  transport: Transport,
): Promise<UpstreamTest> {
  const sink = otlpUpstream({ ...settings, url: settings.endpoint, headers }, self);
  const batch = { signal: "traces", items: 1, resourceSpans: [testSpan(Date.now())], via: [] } as const;
  const { outcome, answer, millis } = await attemptDelivery(sink, batch, transport, settings.timeout);
  const rejected = outcome.outcome === "accepted" ? outcome.rejected : undefined;
  const reason = outcome.outcome === "accepted" ? rejected?.reason : outcome.reason;
  return {
    // The one span was rejected, whatever the status says.
    outcome: rejected !== undefined && rejected.items > 0 ? "refused" : outcome.outcome,
    ...(reason === undefined ? {} : { reason }),
    ...(answer === undefined
      ? {}
      : { status: answer.status, body: answerText(answer, credentialsIn(headers), MAX_BODY) }),
    millis,
  };
}

function testSpan(now: number): ResourceSpans {
  const string = (key: string, stringValue: string) => ({ key, value: { stringValue } });
  const span = {
    traceId: randomHex(16),
    spanId: randomHex(8),
    name: "spanfold test",
    kind: 1,
    startTimeUnixNano: `${now}000000`,
    endTimeUnixNano: `${now}000001`,
    attributes: [{ key: "spanfold.test", value: { boolValue: true } }],
  };
  return {
    resource: { attributes: [string("service.name", "spanfold")] },
    scopeSpans: [{ scope: { name: "spanfold" }, spans: [span] }],
  };
}
