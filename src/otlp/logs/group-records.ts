import { serviceOf } from "../../facts/emitter.ts";
import { deriveRecordFacts } from "../../logs/record-facts.ts";
import type { LogRecord } from "../../otel/log-record.ts";
import type { Resource, Scope } from "../../otel/span.ts";
import type { Decoding } from "../decoding.ts";
import { openEnvelope, Envelopes } from "../group/trace-group.ts";
import type { OpenEnvelope, DecodedLogs } from "../group/trace-group.ts";
import { MAX_REQUEST_TEXT, MAX_GROUP_TEXT, MAX_SPAN_TEXT, MAX_SPANS, MAX_TRACES } from "../limits.ts";
import type { OtlpEncoding } from "../media-type.ts";
import { Rejections } from "../rejections.ts";
import { OpenRecordGroup } from "./open-record-group.ts";
import { PartialSpans } from "./partial-spans.ts";
import { createHash } from "node:crypto";

/** Groups a request's log records by owner while a decoder walks it, under the limits of spans. */
export class RequestRecords {
  readonly #encoding: OtlpEncoding;
  readonly #decoding: Decoding;
  readonly #rejections = new Rejections();
  /** Of them, all but those of records that no session can hold. */
  readonly #faults = new Rejections();
  readonly #unplaced = new OpenRecordGroup("");
  #unplacedCount = 0;
  readonly #envelopes = new Envelopes("scopeLogs", "logRecords");
  /** By trace id of the owner: the group that still has room. */
  readonly #open = new Map<string, OpenRecordGroup>();
  readonly #all: OpenRecordGroup[] = [];
  readonly #partials: PartialSpans;
  #resource: OpenEnvelope<Resource> = openEnvelope(undefined, "", []);
  #scope: OpenEnvelope<Scope> = openEnvelope(undefined, "", []);
  #records = 0;
  #size = 0;
  #service: string | undefined;

  constructor(encoding: OtlpEncoding, decoding: Decoding) {
    this.#encoding = encoding;
    this.#decoding = decoding;
    this.#partials = new PartialSpans(encoding);
  }

  enterResource(resource: Resource | undefined, schemaUrl: string): void {
    this.#resource = openEnvelope(resource, schemaUrl, this.#decoding.offloader.taken);
    this.#limitText();
  }

  enterScope(scope: Scope | undefined, schemaUrl: string): void {
    this.#scope = openEnvelope(scope, schemaUrl, this.#decoding.offloader.taken);
    this.#limitText();
  }

  /** The current record, accepted or rejected: `decoding.rejection` says which. */
  add(record: LogRecord): void {
    const { rejection, units } = this.#decoding;
    if (this.#records + this.#rejections.spans >= MAX_SPANS) return this.#refuse("log records", MAX_SPANS);
    if (rejection !== undefined) return this.#reject(rejection, record);
    const text = units > MAX_SPAN_TEXT ? undefined : JSON.stringify(record);
    if (text === undefined || text.length > MAX_SPAN_TEXT)
      return this.#reject(this.#here(`more than ${MAX_SPAN_TEXT} characters without its large values`), record);
    const partial = this.#partials.add(record, this.#decoding.offloader.taken);
    if (partial?.fault !== undefined) return this.#reject(this.#here(partial.fault), record);
    if (partial !== undefined) {
      this.#records += 1;
      return this.#limit();
    }
    const facts = deriveRecordFacts(record, text, this.#resource.content, this.#scope.content);
    const traceId =
      record.traceId ?? (facts.session === undefined ? undefined : traceIdForSession(facts.session.value));
    const service = serviceOf(this.#resource.content);
    const group = traceId === undefined ? this.#unplaced : this.#groupFor(traceId, text.length);
    const before = group.size;
    const resource = this.#envelopes.ofResource(this.#resource);
    const item = { text, facts, values: this.#decoding.offloader.taken };
    group.add(resource, this.#envelopes.ofScope(this.#scope), item, service);
    this.#size += group.size - before;
    if (traceId === undefined) {
      this.#unplacedCount += 1;
      const reason = "neither a traceId nor a session's name, such as session.id, on the record or its resource";
      this.#rejections.add(1, this.#here(reason), "");
    } else {
      this.#records += 1;
      this.#service ??= service;
    }
    this.#limit();
  }

  #limit(): void {
    if (this.#open.size + this.#partials.traces > MAX_TRACES) this.#refuse("traces and sessions", MAX_TRACES);
    if (this.#partials.spans > MAX_SPANS) this.#refuse("spans in log records", MAX_SPANS);
    if (this.#size + this.#partials.size <= MAX_REQUEST_TEXT) return;
    this.#refuse("characters of JSON in all log records", MAX_REQUEST_TEXT);
  }

  /** Counts items of another signal that were posted as logs. */
  rejectOtherSignal(count: number, reason: string): void {
    this.#rejections.add(count, reason, "");
    this.#faults.add(count, reason, "");
  }

  close(): DecodedLogs {
    return {
      groups: [
        ...this.#all.map((group) => {
          const isLast = this.#open.get(group.traceId) === group;
          return group.close(this.#encoding, isLast ? this.#rejections.ofTrace(group.traceId) : undefined);
        }),
        ...this.#partials.close(),
      ],
      records: this.#records,
      rejected: this.#rejections.total(),
      ...this.#unplacedRecords(),
      ...(this.#service === undefined ? {} : { service: this.#service }),
    };
  }

  #unplacedRecords(): Pick<DecodedLogs, "unplaced"> {
    if (this.#unplacedCount === 0) return {};
    const group = this.#unplaced.close(this.#encoding, undefined);
    return { unplaced: { group, count: this.#unplacedCount, rejected: this.#faults.total() } };
  }

  #reject(reason: string, { traceId = "" }: LogRecord): void {
    this.#rejections.add(1, reason, traceId);
    this.#faults.add(1, reason, traceId);
  }

  #here(message: string): string {
    return `${this.#decoding.trail.path("")}: ${message}`;
  }

  #groupFor(traceId: string, length: number): OpenRecordGroup {
    const open = this.#open.get(traceId);
    if (open !== undefined && open.size + length <= MAX_GROUP_TEXT) return open;
    const group = new OpenRecordGroup(traceId);
    this.#open.set(traceId, group);
    this.#all.push(group);
    return group;
  }

  /** Limits the text of a resource or scope: each group with records of it repeats it. */
  #limitText(): void {
    if (this.#decoding.units <= MAX_SPAN_TEXT) return;
    this.#decoding.wrongShape("", `more than ${MAX_SPAN_TEXT} characters in a resource or scope`);
  }

  #refuse(what: string, limit: number): void {
    this.#decoding.refuse({ reason: "too-large", what, limit });
  }
}

/**
 * The trace id for log records with a session's name and no trace id: all of them have one owner, bound to the session like
 * the owner of any trace. The prefix separates this hash from hashes for other purposes.
 */
export function traceIdForSession(name: string): string {
  return createHash("sha256").update(`spanfold session logs\n${name}`).digest("hex").slice(0, 32);
}
