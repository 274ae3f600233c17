import { serviceOf } from "../../facts/facts.ts";
import { deriveRecordFacts } from "../../logs/record-facts.ts";
import type { LogRecord } from "../../otel/log-record.ts";
import type { Resource, Scope } from "../../otel/span.ts";
import type { Decoding } from "../decoding.ts";
import { around, Envelopes } from "../group/trace-group.ts";
import type { Around, DecodedLogs } from "../group/trace-group.ts";
import { MAX_REQUEST_TEXT, MAX_GROUP_TEXT, MAX_SPAN_TEXT, MAX_SPANS, MAX_TRACES } from "../limits.ts";
import type { OtlpEncoding } from "../media-type.ts";
import { Rejections } from "../rejections.ts";
import { OpenRecordGroup } from "./open-record-group.ts";
import { PartialSpans } from "./partial-spans.ts";
import { createHash } from "node:crypto";

/** Gathers a request's log records by home while a decoder walks it, under the limits that spans have. */
export class RequestRecords {
  readonly #encoding: OtlpEncoding;
  readonly #decoding: Decoding;
  readonly #rejections = new Rejections();
  readonly #envelopes = new Envelopes("scopeLogs", "logRecords");
  /** The group of each home that takes more. */
  readonly #open = new Map<string, OpenRecordGroup>();
  readonly #all: OpenRecordGroup[] = [];
  readonly #partials: PartialSpans;
  #resource: Around<Resource> = around(undefined, "", []);
  #scope: Around<Scope> = around(undefined, "", []);
  #records = 0;
  #size = 0;
  #service: string | undefined;

  constructor(encoding: OtlpEncoding, decoding: Decoding) {
    this.#encoding = encoding;
    this.#decoding = decoding;
    this.#partials = new PartialSpans(encoding);
  }

  enterResource(resource: Resource | undefined, schemaUrl: string): void {
    this.#resource = around(resource, schemaUrl, this.#decoding.offloader.taken);
    this.#limitText();
  }

  enterScope(scope: Scope | undefined, schemaUrl: string): void {
    this.#scope = around(scope, schemaUrl, this.#decoding.offloader.taken);
    this.#limitText();
  }

  /** The record at hand, whether it may be kept or not: `decoding` knows. */
  add(record: LogRecord): void {
    const { rejection, units } = this.#decoding;
    if (this.#records + this.#rejections.spans >= MAX_SPANS) return this.#refuse("log records", MAX_SPANS);
    if (rejection !== undefined) return this.#reject(rejection, record);
    const text = units > MAX_SPAN_TEXT ? undefined : JSON.stringify(record);
    if (text === undefined || text.length > MAX_SPAN_TEXT)
      return this.#reject(this.#here(`more than ${MAX_SPAN_TEXT} characters beside its large values`), record);
    const partial = this.#partials.add(record, this.#decoding.offloader.taken);
    if (partial?.fault !== undefined) return this.#reject(this.#here(partial.fault), record);
    if (partial !== undefined) {
      this.#records += 1;
      return this.#limit();
    }
    const facts = deriveRecordFacts(record, text, this.#resource.content, this.#scope.content);
    const home = record.traceId ?? (facts.session === undefined ? undefined : traceIdForSession(facts.session.value));
    if (home === undefined)
      return this.#reject(
        this.#here("neither a traceId nor a session's name, such as session.id, on the record or its resource"),
        record,
      );
    this.#records += 1;
    const service = serviceOf(this.#resource.content);
    this.#service ??= service;
    const group = this.#groupFor(home, text.length);
    const before = group.size;
    const resource = this.#envelopes.ofResource(this.#resource);
    const item = { text, facts, values: this.#decoding.offloader.taken };
    group.add(resource, this.#envelopes.ofScope(this.#scope), item, service);
    this.#size += group.size - before;
    this.#limit();
  }

  #limit(): void {
    if (this.#open.size + this.#partials.traces > MAX_TRACES) this.#refuse("traces and sessions", MAX_TRACES);
    if (this.#partials.spans > MAX_SPANS) this.#refuse("spans in log records", MAX_SPANS);
    if (this.#size + this.#partials.size <= MAX_REQUEST_TEXT) return;
    this.#refuse("characters of JSON in all log records", MAX_REQUEST_TEXT);
  }

  /** Records of another signal that were posted as logs. */
  rejectOtherSignal(count: number, reason: string): void {
    this.#rejections.add(count, reason, "");
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
      ...(this.#service === undefined ? {} : { service: this.#service }),
    };
  }

  #reject(reason: string, { traceId = "" }: LogRecord): void {
    this.#rejections.add(1, reason, traceId);
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

  /** Of a resource or scope, which is repeated in each group that it has records in. */
  #limitText(): void {
    if (this.#decoding.units <= MAX_SPAN_TEXT) return;
    this.#decoding.wrongShape("", `more than ${MAX_SPAN_TEXT} characters in a resource or scope`);
  }

  #refuse(what: string, limit: number): void {
    this.#decoding.refuse({ reason: "too-large", what, limit });
  }
}

/**
 * The trace id that stands for a session among records that name a session and no trace: they have one home, which is
 * bound to the session as that of any trace is. The prefix keeps it from meaning anything else.
 */
export function traceIdForSession(name: string): string {
  return createHash("sha256").update(`spanfold session logs\n${name}`).digest("hex").slice(0, 32);
}
