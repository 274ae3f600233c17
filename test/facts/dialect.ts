import { readFileSync } from "node:fs";
import { decodeTraces } from "../../src/otlp/decode-traces.ts";
import { encodeDelivery } from "../../src/otlp/group/encode-delivery.ts";
import { inflate } from "../../src/lib/body-codec.ts";
import type { SessionView } from "../../src/session/view/session-view.ts";
import { wholeView } from "../session/whole-view.ts";
import type { ResourceSpans, ScopeSpans, Span } from "../../src/otel/span.ts";
import { spansEvent } from "../session/wire-of.ts";

/** One span with its resource and scope. */
type SpanInScope = {
  readonly resource: Omit<ResourceSpans, "scopeSpans">;
  readonly scope: Omit<ScopeSpans, "spans">;
  readonly span: Span;
};

/** The deliveries of a fixture, in the form of the log. */
export function dialect(name: string, folder = "dialects"): readonly (readonly ResourceSpans[])[] {
  const file = readFileSync(new URL(`../fixtures/${folder}/${name}.json`, import.meta.url), "utf8");
  const { deliveries }: { readonly deliveries: readonly unknown[] } = JSON.parse(file);
  return deliveries.map((request) => received(new TextEncoder().encode(JSON.stringify(request)), "json"));
}

/** A captured request in the form of the log. */
export function captured(file: string): readonly ResourceSpans[] {
  return received(readFileSync(new URL(`../fixtures/corpus/${file}`, import.meta.url)), "protobuf");
}

export function received(body: Uint8Array, encoding: "json" | "protobuf"): ResourceSpans[] {
  const decoded = decodeTraces(body, encoding);
  if (!decoded.ok) throw new Error(JSON.stringify(decoded.error));
  return decoded.value.groups.flatMap((group) => {
    const delivery = encodeDelivery(group);
    return JSON.parse(new TextDecoder().decode(inflate(delivery.encoding, delivery.body)));
  });
}

/** A viewer's session after these deliveries, one a second. */
export function viewOf(deliveries: readonly (readonly ResourceSpans[])[]): SessionView {
  const view = wholeView("s-1");
  deliveries.forEach((resourceSpans, second) => view.apply(spansEvent(second, resourceSpans)));
  return view;
}

/** The same spans, each in its own delivery. */
export function oneByOne(deliveries: readonly (readonly ResourceSpans[])[]): readonly (readonly ResourceSpans[])[] {
  const spansInScope: SpanInScope[] = deliveries
    .flat()
    .flatMap(({ scopeSpans = [], ...resource }) =>
      scopeSpans.flatMap(({ spans = [], ...scope }) => spans.map((span) => ({ resource, scope, span }))),
    );
  return spansInScope.map(({ resource, scope, span }) => [{ ...resource, scopeSpans: [{ ...scope, spans: [span] }] }]);
}

/** Every order of up to six elements. */
export function permutations<T>(of: readonly T[]): T[][] {
  if (of.length > 6) throw new RangeError("too many orders to try");
  if (of.length <= 1) return [[...of]];
  return of.flatMap((first, at) => permutations(of.toSpliced(at, 1)).map((rest) => [first, ...rest]));
}
