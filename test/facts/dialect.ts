import { readFileSync } from "node:fs";
import { decodeTraces } from "../../src/otlp/decode-traces.ts";
import { encodeDelivery } from "../../src/otlp/group/encode-delivery.ts";
import { inflate } from "../../src/lib/body-codec.ts";
import { SessionView } from "../../src/session/view/session-view.ts";
import type { ResourceSpans, ScopeSpans, Span } from "../../src/otel/span.ts";
import { spansEvent } from "../session/wire-of.ts";

/** One span with what stands around it. */
type Alone = {
  readonly around: Omit<ResourceSpans, "scopeSpans">;
  readonly within: Omit<ScopeSpans, "spans">;
  readonly span: Span;
};

/** The deliveries of a fixture, each as the receiver logs it. */
export function dialect(name: string, folder = "dialects"): readonly (readonly ResourceSpans[])[] {
  const file = readFileSync(new URL(`../fixtures/${folder}/${name}.json`, import.meta.url), "utf8");
  const { deliveries }: { readonly deliveries: readonly unknown[] } = JSON.parse(file);
  return deliveries.map((request) => received(new TextEncoder().encode(JSON.stringify(request)), "json"));
}

/** A captured request as the receiver logs it. */
export function captured(file: string): readonly ResourceSpans[] {
  return received(readFileSync(new URL(`../fixtures/corpus/${file}`, import.meta.url)), "protobuf");
}

function received(body: Uint8Array, encoding: "json" | "protobuf"): ResourceSpans[] {
  const decoded = decodeTraces(body, encoding);
  if (!decoded.ok) throw new Error(JSON.stringify(decoded.error));
  return decoded.value.groups.flatMap((group) => {
    const delivery = encodeDelivery(group);
    return JSON.parse(new TextDecoder().decode(inflate(delivery.encoding, delivery.body)));
  });
}

/** What a viewer sees of these deliveries, one a second. */
export function viewOf(deliveries: readonly (readonly ResourceSpans[])[]): SessionView {
  const view = new SessionView("s-1");
  deliveries.forEach((resourceSpans, second) => view.apply(spansEvent(second, resourceSpans)));
  return view;
}

/** The same spans, a delivery each. */
export function oneByOne(deliveries: readonly (readonly ResourceSpans[])[]): readonly (readonly ResourceSpans[])[] {
  const alone: Alone[] = deliveries
    .flat()
    .flatMap(({ scopeSpans = [], ...around }) =>
      scopeSpans.flatMap(({ spans = [], ...within }) => spans.map((span) => ({ around, within, span }))),
    );
  return alone.map(({ around, within, span }) => [{ ...around, scopeSpans: [{ ...within, spans: [span] }] }]);
}

/** Every order of up to six things. */
export function permutations<T>(of: readonly T[]): T[][] {
  if (of.length > 6) throw new RangeError("too many orders to try");
  if (of.length <= 1) return [[...of]];
  return of.flatMap((first, at) => permutations(of.toSpliced(at, 1)).map((rest) => [first, ...rest]));
}
