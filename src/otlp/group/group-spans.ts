import type { OffloadedValue } from "../../facts/delivery.ts";
import { deriveFacts } from "../../facts/facts.ts";
import type { Resource, Scope, Span } from "../../otel/span.ts";
import type { Decoding } from "../decoding.ts";
import { openEnvelope, Envelopes, type OpenEnvelope } from "./trace-group.ts";
import { MAX_REQUEST_TEXT, MAX_GROUP_TEXT, MAX_SPAN_TEXT, MAX_SPANS, MAX_TRACES } from "../limits.ts";
import type { OtlpEncoding } from "../media-type.ts";
import { OpenTraceGroup } from "./open-group.ts";
import { Rejections } from "../rejections.ts";
import type { DecodedRequest } from "./trace-group.ts";

/** Completes a decoded span with what its envelope says: see `PartialSpans`. */
export type Revise = (span: Span) => Span;

/** Groups a request's spans by trace while a decoder walks it, and enforces the limits of a request. */
export class RequestSpans {
  readonly #encoding: OtlpEncoding;
  readonly #decoding: Decoding;
  readonly #revise: Revise | undefined;
  readonly #rejections = new Rejections();
  readonly #envelopes = new Envelopes();
  /** The group of each trace that still has room. */
  readonly #open = new Map<string, OpenTraceGroup>();
  readonly #all: OpenTraceGroup[] = [];
  /** The group of the last span: usually the next span's too. */
  #last: OpenTraceGroup | undefined;
  #resource: OpenEnvelope<Resource> = openEnvelope(undefined, "", []);
  #scope: OpenEnvelope<Scope> = openEnvelope(undefined, "", []);
  #spans = 0;
  #size = 0;
  #service: string | undefined;

  constructor(encoding: OtlpEncoding, decoding: Decoding, revise?: Revise) {
    this.#encoding = encoding;
    this.#decoding = decoding;
    this.#revise = revise;
  }

  enterResource(resource: Resource | undefined, schemaUrl: string): void {
    this.#resource = openEnvelope(resource, schemaUrl, this.#decoding.offloader.taken);
    this.#limitText();
  }

  enterScope(scope: Scope | undefined, schemaUrl: string): void {
    this.#scope = openEnvelope(scope, schemaUrl, this.#decoding.offloader.taken);
    this.#limitText();
  }

  /** The current span, accepted or rejected: `decoding.rejection` says which. */
  add(read: Span): void {
    const { rejection, offloader, units, trail } = this.#decoding;
    const span = this.#revise === undefined ? read : this.#revise(read);
    if (this.#spans + this.#rejections.spans >= MAX_SPANS) return this.#refuse("spans", MAX_SPANS);
    if (rejection !== undefined) return this.#rejections.add(1, rejection, span.traceId);
    const text = units > MAX_SPAN_TEXT ? undefined : JSON.stringify(span);
    if (text === undefined || text.length > MAX_SPAN_TEXT) {
      const reason = `${trail.path("")}: more than ${MAX_SPAN_TEXT} characters without its large values`;
      return this.#rejections.add(1, reason, span.traceId);
    }
    this.#accept(span, text, offloader.taken);
  }

  close(): DecodedRequest {
    return {
      groups: this.#all.map((group) => {
        // A trace in several groups reports its rejected spans once, with the last group.
        const isLast = this.#open.get(group.traceId) === group;
        return group.close(this.#encoding, isLast ? this.#rejections.ofTrace(group.traceId) : undefined);
      }),
      spans: this.#spans,
      rejected: this.#rejections.total(),
      ...(this.#service === undefined ? {} : { service: this.#service }),
    };
  }

  /** Counts items of another signal that were posted as traces. */
  rejectOtherSignal(records: number, reason: string): void {
    this.#rejections.add(records, reason, "");
  }

  #accept(span: Span, text: string, values: readonly OffloadedValue[]): void {
    const facts = deriveFacts(span, text, this.#resource.content, this.#scope.content);
    this.#spans += 1;
    this.#service ??= facts.service;
    const group = this.#groupFor(span.traceId, text.length);
    const before = group.size;
    const resource = this.#envelopes.ofResource(this.#resource);
    group.add(resource, this.#envelopes.ofScope(this.#scope), { text, facts, values });
    this.#size += group.size - before;
    if (this.#size > MAX_REQUEST_TEXT) this.#refuse("characters of JSON in all spans", MAX_REQUEST_TEXT);
  }

  #groupFor(traceId: string, length: number): OpenTraceGroup {
    const open = this.#last?.traceId === traceId ? this.#last : this.#open.get(traceId);
    this.#last = open;
    if (open !== undefined && open.size + length <= MAX_GROUP_TEXT) return open;
    if (open === undefined && this.#open.size >= MAX_TRACES) this.#refuse("traces", MAX_TRACES);
    const group = new OpenTraceGroup(traceId);
    this.#last = group;
    this.#open.set(traceId, group);
    this.#all.push(group);
    return group;
  }

  /** Limits the text of a resource or scope: each group with spans of it repeats it. */
  #limitText(): void {
    if (this.#decoding.units <= MAX_SPAN_TEXT) return;
    this.#decoding.wrongShape("", `more than ${MAX_SPAN_TEXT} characters in a resource or scope`);
  }

  #refuse(what: string, limit: number): void {
    this.#decoding.refuse({ reason: "too-large", what, limit });
  }
}
