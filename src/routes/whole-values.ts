import type { SessionObject } from "../durable/session.ts";
import { restoreValues } from "../otlp/restore-values.ts";
import type { AnyValue, ResourceSpans } from "../trace/span.ts";
import { inflate } from "./inflate.ts";

/** Spans with their large values fetched and put in their places. `hashes`: of the values that they may name. */
export async function withWholeValues(
  stub: DurableObjectStub<SessionObject>,
  resourceSpans: readonly ResourceSpans[],
  hashes: readonly string[],
): Promise<readonly ResourceSpans[]> {
  const values = new Map<string, AnyValue>();
  for (const hash of hashes) {
    const value = await stub.value(hash);
    if (value === undefined) continue;
    const text = new TextDecoder().decode(inflate(value.encoding, value.body));
    // Canonical text that this program wrote.
    values.set(hash, JSON.parse(text) as AnyValue);
  }
  return restoreValues(resourceSpans, (hash) => values.get(hash));
}
