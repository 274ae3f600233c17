import { ChunkIds } from "../../facts/codec/chunk-ids.ts";
import type { SpanFacts } from "../../facts/facts.ts";
import { supersedes } from "../../facts/version-order.ts";
import type { OtlpEncoding } from "../media-type.ts";
import type { Envelope, Rejected, GroupedSpan, TraceGroup } from "./trace-group.ts";

/** A beaten span leaves a hole, so that the others keep their places. */
type OpenScope = { readonly scope: Envelope; readonly spans: (GroupedSpan | undefined)[] };

type OpenResource = { readonly resource: Envelope; readonly scopes: Map<Envelope, OpenScope> };

type Place = { readonly facts: SpanFacts; readonly group: OpenScope; readonly index: number };

/** A group while its request is being decoded: spans go to their resource and scope, and of repeats one stays. */
export class OpenTraceGroup {
  readonly traceId: string;
  readonly #resources = new Map<Envelope, OpenResource>();
  /** Span id and kind together are a span's identity. */
  readonly #ids = new ChunkIds();
  /** By the number of the identity. */
  readonly #places: Place[] = [];
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
    const known = this.#places[identity];
    const best = known === undefined || supersedes(facts, known.facts);
    if (known !== undefined) {
      const named = namesOtherwise(best ? known.facts : facts, best ? facts : known.facts);
      if (!best && !named) return;
      if (best && !named) known.group.spans[known.index] = undefined;
    }
    const group = this.#group(resource, scope);
    if (best) this.#places[identity] = { facts, group, index: group.spans.length };
    group.spans.push(span);
    this.#service ??= facts.service;
    this.#size += span.text.length + sizeOfValues(span);
  }

  close(encoding: OtlpEncoding, rejected: Rejected | undefined): TraceGroup {
    const spans = this.#places.length;
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

/** A beaten encoding that names a session as the better one does not is kept: names are never withdrawn, in whatever order spans come. */
function namesOtherwise(beaten: SpanFacts, better: SpanFacts): boolean {
  if (beaten.session === undefined) return false;
  return (
    beaten.session.rank !== better.session?.rank ||
    beaten.session.value !== better.session.value ||
    beaten.start !== better.start ||
    beaten.parentSpanId !== better.parentSpanId
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
