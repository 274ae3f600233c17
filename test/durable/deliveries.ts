import { encodeDelivery } from "../../src/otlp/group/encode-delivery.ts";
import { decodeTraces } from "../../src/otlp/decode-traces.ts";
import type { TraceGroup } from "../../src/otlp/group/trace-group.ts";
import type { Delivery } from "../../src/facts/delivery.ts";
import type { Span } from "../../src/otel/span.ts";
import type { Sent } from "./spans.ts";
import { exportOf } from "./spans.ts";

/** The groups that the Worker makes of a request with these spans. */
export function groupsOf(sent: readonly (Sent | Span)[]): readonly TraceGroup[] {
  const decoded = decodeTraces(new TextEncoder().encode(exportOf(sent)), "json");
  if (!decoded.ok) throw new Error(JSON.stringify(decoded.error));
  return decoded.value.groups;
}

/** The one delivery that the Worker makes of spans of one trace. */
export function deliveryOf(sent: readonly (Sent | Span)[]): Delivery {
  const groups = groupsOf(sent);
  const [group] = groups;
  if (group === undefined || groups.length > 1) throw new Error(`${groups.length} groups where one was meant`);
  return encodeDelivery(group);
}
