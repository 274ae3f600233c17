import type { Delivery, SpilledValue } from "../trace/delivery.ts";
import { encodeFacts, type SpanFacts } from "../trace/facts/facts.ts";
import { gzip } from "./gzip.ts";
import type { Envelope, ResourceGroup, ScopeGroup, ShardSpan, TraceShard } from "./shard.ts";

/** gzip's header and tables cost more than a shorter body saves. */
const WORTH_COMPRESSING = 512;

const NONE: ReadonlySet<number> = new Set();

/**
 * The delivery of a shard without the spans at `omit`: positions in the delivery that omits none. Positions, in body
 * and facts alike, go by resource, then scope, then span.
 */
export function encodeDelivery(shard: TraceShard, omit: ReadonlySet<number> = NONE): Delivery {
  const kept: Kept = { omit, position: 0, facts: [], values: new Map() };
  const resources = shard.resources.map((group) => resourceText(group, kept));
  const body = new TextEncoder().encode(`[${resources.filter((text) => text !== "").join(",")}]`);
  const isCompressed = body.length > WORTH_COMPRESSING;
  return {
    traceId: shard.traceId,
    spans: kept.facts.length,
    facts: encodeFacts(kept.facts),
    encoding: isCompressed ? "gzip" : "identity",
    body: isCompressed ? gzip(body) : body,
    values: [...kept.values.values()],
    receipt: { ...shard.receipt, spans: kept.facts.length },
  };
}

type Kept = {
  readonly omit: ReadonlySet<number>;
  position: number;
  readonly facts: SpanFacts[];
  readonly values: Map<string, SpilledValue>;
};

/** "" when no span is left. */
function resourceText(group: ResourceGroup, kept: Kept): string {
  const scopes: string[] = [];
  for (const scope of group.scopes) {
    const text = scopeText(scope, kept);
    if (text !== "") scopes.push(text);
  }
  return scopes.length === 0 ? "" : enclose(group.resource, scopes, kept);
}

function scopeText(group: ScopeGroup, kept: Kept): string {
  const spans: string[] = [];
  for (const span of group.spans) {
    const isOmitted = kept.omit.has(kept.position);
    kept.position += 1;
    if (isOmitted) continue;
    spans.push(span.text);
    kept.facts.push(span.facts);
    keepValues(span, kept);
  }
  return spans.length === 0 ? "" : enclose(group.scope, spans, kept);
}

function enclose(envelope: Envelope, texts: readonly string[], kept: Kept): string {
  keepValues(envelope, kept);
  return envelope.head + texts.join(",") + envelope.tail;
}

function keepValues({ values }: Pick<ShardSpan, "values">, kept: Kept): void {
  for (const value of values) kept.values.set(value.hash, value);
}
