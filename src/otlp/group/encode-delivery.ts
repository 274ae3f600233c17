import type { Delivery, OffloadedValue } from "../../facts/delivery.ts";
import { encodeFacts } from "../../facts/codec/encode.ts";
import { encodeRecordFacts } from "../../logs/record-facts-codec.ts";
import { brotli } from "../../lib/body-codec.ts";
import type { Envelope, GroupedItem, RecordGroup, ResourceGroup, ScopeGroup, TraceGroup } from "./trace-group.ts";

/** Bytes. Compressing a shorter body costs more than it saves. */
const WORTH_COMPRESSING = 512;

const NONE: ReadonlySet<number> = new Set();

const ENCODER = new TextEncoder();
/** UTF-8 of one UTF-16 unit. */
const MOST_BYTES_A_UNIT = 3;
/** For texts of up to 170,000 units: an ordinary batch. */
const SCRATCH = new Uint8Array(512 * 1024);

/**
 * The delivery of a group without the spans or log records at the positions in `omit`. Positions count all items of the
 * group, by resource, then scope, then item, in body and facts alike.
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

/** An item of a group, by its position. `name`: as a rejection names it. */
export type GroupItem = { readonly position: number; readonly name: string };

/** The spans or log records of a group that can't be encoded even alone: its encoding fails because of them. */
export function unencodableItems(group: TraceGroup | RecordGroup): readonly GroupItem[] {
  if (group.kind === "spans")
    return itemsThat(group.resources, failsBy(encodeFacts), ({ facts }) => `span ${facts.spanId}`);
  return itemsThat(group.resources, failsBy(encodeRecordFacts), (_, position) => `log record ${position + 1}`);
}

function failsBy<Facts>(encode: (facts: readonly Facts[]) => string): (alone: ResourceGroup<Facts>) => boolean {
  return (alone) => {
    try {
      encode(writeItems([alone]).facts);
      return false;
    } catch {
      return true;
    }
  };
}

function itemsThat<Facts>(
  resources: readonly ResourceGroup<Facts>[],
  isWanted: (alone: ResourceGroup<Facts>) => boolean,
  nameOf: (item: GroupedItem<Facts>, position: number) => string,
): GroupItem[] {
  const found: GroupItem[] = [];
  let position = 0;
  for (const { resource, scopes } of resources)
    for (const { scope, items } of scopes)
      for (const item of items) {
        if (isWanted({ resource, scopes: [{ scope, items: [item] }] }))
          found.push({ position, name: nameOf(item, position) });
        position += 1;
      }
  return found;
}

function encodeItems<Facts>(
  groups: readonly ResourceGroup<Facts>[],
  omit: ReadonlySet<number>,
): Pick<Delivery, "encoding" | "body" | "values"> & { readonly facts: readonly Facts[] } {
  const { text, facts, values } = writeItems(groups, omit);
  const body = encodeUtf8(text);
  const isCompressed = body.length > WORTH_COMPRESSING;
  return {
    facts,
    encoding: isCompressed ? "brotli" : "identity",
    body: isCompressed ? brotli(body) : body.slice(),
    values,
  };
}

/** `text`: the resources as JSON, with previews of the large `values`. */
export function writeItems<Facts>(
  groups: readonly ResourceGroup<Facts>[],
  omit: ReadonlySet<number> = NONE,
): { readonly text: string; readonly facts: readonly Facts[]; readonly values: readonly OffloadedValue[] } {
  const parts: DeliveryParts<Facts> = { omit, position: 0, facts: [], values: new Map() };
  const resources = groups.map((group) => resourceText(group, parts));
  const text = `[${resources.filter((resource) => resource !== "").join(",")}]`;
  return { text, facts: parts.facts, values: [...parts.values.values()] };
}

/** Valid until the next call: use it before any `await`. Allocating a buffer for each text would double the cost. */
function encodeUtf8(text: string): Uint8Array {
  if (text.length * MOST_BYTES_A_UNIT > SCRATCH.length) return ENCODER.encode(text);
  return SCRATCH.subarray(0, ENCODER.encodeInto(text, SCRATCH).written);
}

type DeliveryParts<Facts> = {
  readonly omit: ReadonlySet<number>;
  position: number;
  readonly facts: Facts[];
  readonly values: Map<string, OffloadedValue>;
};

/** "" when all its items are omitted. */
function resourceText<Facts>(group: ResourceGroup<Facts>, parts: DeliveryParts<Facts>): string {
  const scopes: string[] = [];
  for (const scope of group.scopes) {
    const text = scopeText(scope, parts);
    if (text !== "") scopes.push(text);
  }
  return scopes.length === 0 ? "" : enclose(group.resource, scopes, parts.values);
}

function scopeText<Facts>(group: ScopeGroup<Facts>, parts: DeliveryParts<Facts>): string {
  const texts: string[] = [];
  for (const item of group.items) {
    const isOmitted = parts.omit.has(parts.position);
    parts.position += 1;
    if (isOmitted) continue;
    texts.push(item.text);
    parts.facts.push(item.facts);
    collectValues(item, parts.values);
  }
  return texts.length === 0 ? "" : enclose(group.scope, texts, parts.values);
}

function enclose(envelope: Envelope, texts: readonly string[], values: Map<string, OffloadedValue>): string {
  collectValues(envelope, values);
  return envelope.head + texts.join(",") + envelope.tail;
}

function collectValues({ values }: Pick<Envelope, "values">, into: Map<string, OffloadedValue>): void {
  for (const value of values) into.set(value.hash, value);
}
