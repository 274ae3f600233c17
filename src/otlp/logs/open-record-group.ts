import type { OtlpEncoding } from "../media-type.ts";
import type { RecordFacts } from "../../logs/record-facts.ts";
import type { Envelope, RecordGroup, Rejected, GroupedItem } from "../group/trace-group.ts";

type GroupedRecord = GroupedItem<RecordFacts>;

type OpenResource = { readonly resource: Envelope; readonly scopes: Map<Envelope, GroupedRecord[]> };

/** One owner's log records while their request is being decoded: each once, under its resource and scope. */
export class OpenRecordGroup {
  readonly traceId: string;
  readonly #resources = new Map<Envelope, OpenResource>();
  readonly #hashes = new Set<string>();
  #service: string | undefined;
  #size = 0;

  constructor(traceId: string) {
    this.traceId = traceId;
  }

  /** UTF-16 units of records and envelopes, and bytes of large values. */
  get size(): number {
    return this.#size;
  }

  add(resource: Envelope, scope: Envelope, record: GroupedRecord, service: string | undefined): void {
    if (this.#hashes.has(record.facts.hash)) return;
    this.#hashes.add(record.facts.hash);
    this.#group(resource, scope).push(record);
    this.#service ??= service;
    this.#size += record.text.length + sizeOfValues(record);
  }

  close(encoding: OtlpEncoding, rejected: Rejected | undefined): RecordGroup {
    const records = this.#hashes.size;
    return {
      kind: "logs",
      traceId: this.traceId,
      records,
      resources: Array.from(this.#resources.values(), ({ resource, scopes }) => ({
        resource,
        scopes: Array.from(scopes, ([scope, items]) => ({ scope, items })),
      })),
      receipt: {
        encoding,
        ...(this.#service === undefined ? {} : { service: this.#service }),
        spans: 0,
        records,
        ...(rejected === undefined ? {} : { rejected }),
      },
    };
  }

  #group(resource: Envelope, scope: Envelope): GroupedRecord[] {
    let ofResource = this.#resources.get(resource);
    if (ofResource === undefined) {
      ofResource = { resource, scopes: new Map() };
      this.#resources.set(resource, ofResource);
      this.#size += sizeOf(resource);
    }
    let group = ofResource.scopes.get(scope);
    if (group === undefined) {
      group = [];
      ofResource.scopes.set(scope, group);
      this.#size += sizeOf(scope);
    }
    return group;
  }
}

function sizeOf(envelope: Envelope): number {
  return envelope.head.length + envelope.tail.length + sizeOfValues(envelope);
}

function sizeOfValues({ values }: Pick<Envelope, "values">): number {
  return values.reduce((size, { body }) => size + body.length, 0);
}
