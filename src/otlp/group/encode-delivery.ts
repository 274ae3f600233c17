import type { Delivery, OffloadedValue } from "../../facts/delivery.ts";
import { encodeFacts } from "../../facts/codec/encode.ts";
import { encodeRecordFacts } from "../../logs/record-facts-codec.ts";
import { brotli } from "../../lib/body-codec.ts";
import type { Envelope, RecordGroup, ResourceGroup, ScopeGroup, TraceGroup } from "./trace-group.ts";

/** A shorter body saves less than its compression costs. */
const WORTH_COMPRESSING = 512;

const NONE: ReadonlySet<number> = new Set();

const ENCODER = new TextEncoder();
/** UTF-8 of one UTF-16 unit. */
const MOST_BYTES_A_UNIT = 3;
/** For texts of up to 170,000 units: an ordinary batch's. */
const SCRATCH = new Uint8Array(512 * 1024);

/**
 * The delivery of a group without the spans or log records at `omit`: positions in the delivery that omits none. Positions,
 * in body and facts alike, go by resource, then scope, then span.
 */
export function encodeDelivery(group: TraceGroup | RecordGroup, omit: ReadonlySet<number> = NONE): Delivery {
  const { kind, traceId, receipt } = group;
  if (kind === "spans") {
    const { facts, ...rest } = encodeItems(group.resources, omit);
    const spans = facts.length;
    return { kind, traceId, spans, facts: encodeFacts(facts), ...rest, receipt: { ...receipt, spans } };
  }
  const { facts, ...rest } = encodeItems(group.resources, omit);
  const records = facts.length;
  return { kind, traceId, spans: records, facts: encodeRecordFacts(facts), ...rest, receipt: { ...receipt, records } };
}

function encodeItems<Facts>(
  groups: readonly ResourceGroup<Facts>[],
  omit: ReadonlySet<number>,
): Pick<Delivery, "encoding" | "body" | "values"> & { readonly facts: readonly Facts[] } {
  const kept: Kept<Facts> = { omit, position: 0, facts: [], values: new Map() };
  const resources = groups.map((group) => resourceText(group, kept));
  const body = encodeUtf8(`[${resources.filter((text) => text !== "").join(",")}]`);
  const isCompressed = body.length > WORTH_COMPRESSING;
  return {
    facts: kept.facts,
    encoding: isCompressed ? "brotli" : "identity",
    body: isCompressed ? brotli(body) : body.slice(),
    values: [...kept.values.values()],
  };
}

/** Valid until the next call, and to be used before any `await`: a buffer of its own for each text costs twice the encoding. */
function encodeUtf8(text: string): Uint8Array {
  if (text.length * MOST_BYTES_A_UNIT > SCRATCH.length) return ENCODER.encode(text);
  return SCRATCH.subarray(0, ENCODER.encodeInto(text, SCRATCH).written);
}

type Kept<Facts> = {
  readonly omit: ReadonlySet<number>;
  position: number;
  readonly facts: Facts[];
  readonly values: Map<string, OffloadedValue>;
};

/** "" when nothing is left. */
function resourceText<Facts>(group: ResourceGroup<Facts>, kept: Kept<Facts>): string {
  const scopes: string[] = [];
  for (const scope of group.scopes) {
    const text = scopeText(scope, kept);
    if (text !== "") scopes.push(text);
  }
  return scopes.length === 0 ? "" : enclose(group.resource, scopes, kept.values);
}

function scopeText<Facts>(group: ScopeGroup<Facts>, kept: Kept<Facts>): string {
  const texts: string[] = [];
  for (const item of group.items) {
    const isOmitted = kept.omit.has(kept.position);
    kept.position += 1;
    if (isOmitted) continue;
    texts.push(item.text);
    kept.facts.push(item.facts);
    keepValues(item, kept.values);
  }
  return texts.length === 0 ? "" : enclose(group.scope, texts, kept.values);
}

function enclose(envelope: Envelope, texts: readonly string[], values: Map<string, OffloadedValue>): string {
  keepValues(envelope, values);
  return envelope.head + texts.join(",") + envelope.tail;
}

function keepValues({ values }: Pick<Envelope, "values">, kept: Map<string, OffloadedValue>): void {
  for (const value of values) kept.set(value.hash, value);
}
