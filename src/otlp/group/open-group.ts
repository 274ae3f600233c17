import { ChunkIds } from "../../facts/codec/chunk-ids.ts";
import type { SpanFacts } from "../../facts/facts.ts";
import { supersedes } from "../../facts/version-order.ts";
import type { OtlpEncoding } from "../media-type.ts";
import type { Envelope, Rejected, GroupedSpan, TraceGroup } from "./trace-group.ts";

/** A superseded span becomes `undefined`, so that the other spans keep their positions. */
type OpenScope = { readonly scope: Envelope; readonly spans: (GroupedSpan | undefined)[] };

type OpenResource = { readonly resource: Envelope; readonly scopes: Map<Envelope, OpenScope> };

type SpanPosition = { readonly facts: SpanFacts; readonly group: OpenScope; readonly index: number };

/** A group while its request is being decoded: one version of each span, under its resource and scope. */
export class OpenTraceGroup {
  readonly traceId: string;
  readonly #resources = new Map<Envelope, OpenResource>();
  /** Numbers span identities: span id and kind together. */
  readonly #ids = new ChunkIds();
  /** By number of the identity. */
  readonly #positions: SpanPosition[] = [];
  #last: { readonly resource: Envelope; readonly group: OpenScope } | undefined;
  #service: string | undefined;
  #size = 0;

  constructor(traceId: string) {
    this.traceId = traceId;
  }

  /** UTF-16 units of spans and envelopes, and bytes of large values. */
  get size(): number {
    return this.#size;
  }

  add(resource: Envelope, scope: Envelope, span: GroupedSpan): void {
    const { facts } = span;
    const identity = this.#ids.number(facts.otlpKind, facts.spanId);
    const known = this.#positions[identity];
    const isBest = known === undefined || supersedes(facts, known.facts);
    if (known !== undefined) {
      const mustStay = namesAnotherSession(isBest ? known.facts : facts, isBest ? facts : known.facts);
      if (!isBest && !mustStay) return;
      if (isBest && !mustStay) known.group.spans[known.index] = undefined;
    }
    const group = this.#group(resource, scope);
    if (isBest) this.#positions[identity] = { facts, group, index: group.spans.length };
    group.spans.push(span);
    this.#service ??= facts.service;
    this.#size += span.text.length + sizeOfValues(span);
  }

  close(encoding: OtlpEncoding, rejected: Rejected | undefined): TraceGroup {
    const spans = this.#positions.length;
    return {
      kind: "spans",
      traceId: this.traceId,
      spans,
      resources: [...this.#resources.values()].map(({ resource, scopes }) => ({
        resource,
        scopes: [...scopes.values()].map((group) => ({
          scope: group.scope,
          items: group.spans.filter((span) => span !== undefined),
        })),
      })),
      receipt: {
        encoding,
        ...(this.#service === undefined ? {} : { service: this.#service }),
        spans,
        ...(rejected === undefined ? {} : { rejected }),
      },
    };
  }

  #group(resource: Envelope, scope: Envelope): OpenScope {
    if (this.#last?.resource === resource && this.#last.group.scope === scope) return this.#last.group;
    let ofResource = this.#resources.get(resource);
    if (ofResource === undefined) {
      ofResource = { resource, scopes: new Map() };
      this.#resources.set(resource, ofResource);
      this.#size += sizeOf(resource);
    }
    let group = ofResource.scopes.get(scope);
    if (group === undefined) {
      group = { scope, spans: [] };
      ofResource.scopes.set(scope, group);
      this.#size += sizeOf(scope);
    }
    this.#last = { resource, group };
    return group;
  }
}

/** Whether a superseded version names a session that the better one does not. It stays: a name, once sent, counts in every order of arrival. */
function namesAnotherSession(superseded: SpanFacts, better: SpanFacts): boolean {
  if (superseded.claims?.some((claim) => better.claims?.includes(claim) !== true) === true) return true;
  if (superseded.session === undefined) return false;
  return (
    superseded.session.rank !== better.session?.rank ||
    superseded.session.value !== better.session.value ||
    superseded.start !== better.start ||
    superseded.parentSpanId !== better.parentSpanId
  );
}

function sizeOf(envelope: Envelope): number {
  return envelope.head.length + envelope.tail.length + sizeOfValues(envelope);
}

function sizeOfValues({ values }: Pick<GroupedSpan, "values">): number {
  let size = 0;
  for (const value of values) size += value.body.length;
  return size;
}
