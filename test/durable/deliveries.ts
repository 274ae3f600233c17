import { encodeDelivery } from "../../src/otlp/group/encode-delivery.ts";
import { decodeTraces } from "../../src/otlp/decode-traces.ts";
import type { TraceShard } from "../../src/otlp/group/trace-group.ts";
import type { Delivery } from "../../src/facts/delivery.ts";
import type { Span } from "../../src/otel/span.ts";
import type { Sent } from "./spans.ts";
import { exportOf } from "./spans.ts";

/** The shards that the Worker makes of a request with these spans. */
export function shardsOf(sent: readonly (Sent | Span)[]): readonly TraceShard[] {
  const decoded = decodeTraces(new TextEncoder().encode(exportOf(sent)), "json");
  if (!decoded.ok) throw new Error(JSON.stringify(decoded.error));
  return decoded.value.shards;
}

/** The one delivery that the Worker makes of spans of one trace. */
export function deliveryOf(sent: readonly (Sent | Span)[]): Delivery {
  const shards = shardsOf(sent);
  const [shard] = shards;
  if (shard === undefined || shards.length > 1) throw new Error(`${shards.length} shards where one was meant`);
  return encodeDelivery(shard);
}
