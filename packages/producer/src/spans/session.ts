import { context, propagation } from "@opentelemetry/api";
import type { Attributes, Context } from "@opentelemetry/api";
import type { Span, SpanProcessor } from "@opentelemetry/sdk-trace";
import { SESSION_BAGGAGE, SESSION_ID } from "../../../../src/otel/semconv/written.ts";

/** Runs `fn` in a session: its name is on each span, and travels as W3C baggage to the services that are called. */
export function session<T>(id: string, fn: () => T): T {
  const baggage = propagation.getActiveBaggage() ?? propagation.createBaggage();
  return context.with(propagation.setBaggage(context.active(), baggage.setEntry(SESSION_ID, { value: id })), fn);
}

/** What the baggage of a context says of the session and the query. OpenTelemetry copies no baggage onto spans. */
export function sessionAttributes(from: Context): Attributes {
  const baggage = propagation.getBaggage(from);
  if (baggage === undefined) return {};
  return Object.fromEntries(
    SESSION_BAGGAGE.flatMap((key) => {
      const value = baggage.getEntry(key)?.value ?? "";
      return value === "" ? [] : [[key, value]];
    }),
  );
}

/** Names the session on the spans of all other instrumentations too. */
export class SessionSpanProcessor implements SpanProcessor {
  onStart(span: Span, parent: Context): void {
    span.setAttributes(sessionAttributes(parent));
  }

  onEnd(): void {}

  forceFlush(): Promise<void> {
    return Promise.resolve();
  }

  shutdown(): Promise<void> {
    return Promise.resolve();
  }
}
