import { describe, expect, test } from "vitest";
import { decodeTraces } from "../../src/otlp/decode-traces.ts";
import { encodeDelivery } from "../../src/otlp/group/encode-delivery.ts";
import type { TraceGroup } from "../../src/otlp/group/trace-group.ts";
import type { Delivery } from "../../src/facts/delivery.ts";
import { decodeFacts } from "../../src/facts/codec/encode.ts";
import type { ResourceSpans } from "../../src/otel/span.ts";
import { libraryEncode } from "./oracle.ts";
import { decodeJson, deliveriesOf, request, resourceSpansOf, span, TRACE } from "./requests.ts";

const OTHER_TRACE = "0af7651916cd43dd8448eb211c80319c";

const service = (name: string) => ({ attributes: [{ key: "service.name", value: { stringValue: name } }] });
const id = (n: number) => n.toString(16).padStart(16, "0");

/** Prints `service/scope: span span | …`. */
function drawn(groups: readonly ResourceSpans[]): string {
  return groups
    .flatMap(({ resource, scopeSpans = [] }) =>
      scopeSpans.map(({ scope, spans = [] }) => {
        const of = resource?.attributes?.[0]?.value?.stringValue ?? "none";
        return `${of}/${scope?.name ?? "none"}: ${spans.map(({ name }) => name).join(" ")}`;
      }),
    )
    .join(" | ");
}

function namesInFacts({ facts }: Delivery): string {
  return (decodeFacts(facts) ?? []).map(({ name }) => name).join(" ");
}

function groupOf(body: unknown): TraceGroup {
  const result = decodeJson(body);
  const [group] = result.ok ? result.value.groups : [];
  if (group === undefined) throw new Error("nothing was decoded");
  return group;
}

describe("a request grouped by trace", () => {
  const spansNamed = (trace: string, ...names: string[]) =>
    names.map((name, index) => span({ traceId: trace, spanId: id(name.charCodeAt(0) * 10 + index), name }));
  const body = {
    resourceSpans: [
      {
        resource: service("web"),
        scopeSpans: [
          { scope: { name: "http" }, spans: [...spansNamed(TRACE, "a", "b"), ...spansNamed(OTHER_TRACE, "c")] },
          { scope: { name: "db" }, spans: spansNamed(TRACE, "d") },
        ],
      },
      { resource: service("worker"), scopeSpans: [{ scope: { name: "http" }, spans: spansNamed(TRACE, "e") }] },
      { resource: service("web"), scopeSpans: [{ scope: { name: "http" }, spans: spansNamed(TRACE, "f") }] },
      { resource: service("idle"), scopeSpans: [{ scope: { name: "http" }, spans: [] }] },
    ],
  };

  test("merges equal resources and scopes of a trace; facts have the body's order", () => {
    const deliveries = deliveriesOf(decodeJson(body));
    expect(
      deliveries.map((delivery) => `${delivery.traceId} ${delivery.spans} ${drawn(resourceSpansOf(delivery))}`),
    ).toEqual([`${TRACE} 5 web/http: a b f | web/db: d | worker/http: e`, `${OTHER_TRACE} 1 web/http: c`]);
    expect(deliveries.map(namesInFacts)).toEqual(["a b f d e", "c"]);
  });

  test("is the same from protobuf, except for the receipt's encoding", () => {
    const fromJson = deliveriesOf(decodeJson(body));
    const fromProtobuf = deliveriesOf(decodeTraces(libraryEncode(body), "protobuf"));
    expect(fromProtobuf.map(({ facts, body: bytes }) => [facts, bytes])).toEqual(
      fromJson.map(({ facts, body: bytes }) => [facts, bytes]),
    );
    expect(fromProtobuf.map(({ receipt }) => receipt)).toEqual([
      { encoding: "protobuf", service: "web", spans: 5 },
      { encoding: "protobuf", service: "web", spans: 1 },
    ]);
  });

  test("can be encoded again without known spans", () => {
    const group = groupOf(body);
    const without = (...positions: number[]) => {
      const delivery = encodeDelivery(group, new Set(positions));
      return `${delivery.spans} (${delivery.receipt.spans}) ${drawn(resourceSpansOf(delivery))} = ${namesInFacts(delivery)}`;
    };
    expect(without()).toBe("5 (5) web/http: a b f | web/db: d | worker/http: e = a b f d e");
    expect(without(1, 3)).toBe("3 (3) web/http: a f | worker/http: e = a f e");
    expect(without(0, 1, 2, 3)).toBe("1 (1) worker/http: e = e");
    expect(without(0, 1, 2, 3, 4)).toBe("0 (0)  = ");
  });

  test("keeps schema URLs, and separates resources and scopes by them", () => {
    const spans = (n: number) => [{ schemaUrl: "urn:s", spans: [span({ spanId: id(n) })] }];
    const [delivery] = deliveriesOf(
      decodeJson({
        resourceSpans: [
          { schemaUrl: "urn:1", scopeSpans: spans(1) },
          { schemaUrl: "urn:2", scopeSpans: spans(2) },
          { schemaUrl: "urn:1", scopeSpans: spans(3) },
        ],
      }),
    );
    const urls = delivery === undefined ? [] : resourceSpansOf(delivery);
    expect(
      urls.map(
        ({ schemaUrl, scopeSpans }) => `${schemaUrl} ${scopeSpans?.[0]?.schemaUrl} ${scopeSpans?.[0]?.spans?.length}`,
      ),
    ).toEqual(["urn:1 urn:s 2", "urn:2 urn:s 1"]);
  });

  test("keeps texts of any length and script, each in its own delivery", () => {
    const names = ["a", "é".repeat(200), "漢".repeat(300), "😀".repeat(400), "漢".repeat(2_000), "b"];
    const lengths = [1, 40, 500, 1, 90, 2];
    const sent = names.map((name, at) =>
      Array.from({ length: lengths[at] ?? 1 }, (_, index) => span({ spanId: id(1 + index), name })),
    );
    const deliveries = sent.map((spans) => deliveriesOf(decodeJson(request(...spans))).at(-1));
    const found = deliveries.map((delivery) =>
      delivery === undefined ? [] : resourceSpansOf(delivery).flatMap(({ scopeSpans = [] }) => scopeSpans),
    );
    expect(found.map((scopes) => scopes.flatMap(({ spans = [] }) => spans.map(({ name }) => name)))).toEqual(
      sent.map((spans) => spans.map(({ name }) => name)),
    );
  });

  test("compresses bodies if that saves bytes, and gives each its own buffer, since an RPC sends whole buffers", () => {
    const small = encodeDelivery(groupOf(request(span())));
    expect([small.encoding, small.body.byteLength]).toEqual(["identity", small.body.buffer.byteLength]);
    const large = encodeDelivery(
      groupOf(request(...Array.from({ length: 50 }, (_, n) => span({ spanId: id(n + 1) })))),
    );
    expect([large.encoding, large.body.byteLength]).toEqual(["brotli", large.body.buffer.byteLength]);
    expect(large.body.byteLength).toBeLessThan(1_000);
  });
});

describe("of two versions of a span in one request the better one stays", () => {
  const named = (name: string, fields: Record<string, unknown> = {}) => span({ name, ...fields });
  const drawnOf = (...spans: unknown[]) => drawn(resourceSpansOf(encodeDelivery(groupOf(request(...spans)))));
  const running = named("running", { endTimeUnixNano: "0" });
  const ended = named("ended");
  const later = named("later", { endTimeUnixNano: "1795262400002000000" });

  test("ended supersedes running, later supersedes earlier, in either order", () => {
    expect(drawnOf(running, ended)).toBe("none/none: ended");
    expect(drawnOf(ended, running)).toBe("none/none: ended");
    expect(drawnOf(later, ended, running)).toBe("none/none: later");
    expect(drawnOf(running, later, ended)).toBe("none/none: later");
  });

  test("the same span twice is one", () => {
    const result = decodeJson(request(ended, ended));
    expect(result.ok && [result.value.spans, result.value.groups[0]?.spans]).toEqual([2, 1]);
  });

  test("another kind under the same id is another span", () => {
    expect(drawnOf(named("client", { kind: 3 }), named("server", { kind: 2 }))).toBe("none/none: client server");
  });

  test("the better one keeps its own resource and scope, and the others' order", () => {
    const first = { resource: service("one"), scopeSpans: [{ spans: [named("x", { spanId: id(1) }), running] }] };
    const second = { resource: service("two"), scopeSpans: [{ spans: [ended, named("y", { spanId: id(2) })] }] };
    const [delivery] = deliveriesOf(decodeJson({ resourceSpans: [first, second] }));
    expect(delivery && drawn(resourceSpansOf(delivery))).toBe("one/none: x | two/none: ended y");
    expect(delivery && namesInFacts(delivery)).toBe("x ended y");
  });
});

test("a receipt counts the rejected spans of its trace", () => {
  const result = decodeJson({
    resourceSpans: [
      {
        resource: service("web"),
        scopeSpans: [
          {
            spans: [
              span(),
              span({ kind: "SERVER" }),
              span({ traceId: OTHER_TRACE, spanId: "" }),
              span({ traceId: "" }),
            ],
          },
        ],
      },
    ],
  });
  expect(deliveriesOf(result).map(({ receipt }) => receipt)).toEqual([
    {
      encoding: "json",
      service: "web",
      spans: 1,
      rejected: {
        spans: 1,
        reason: `resourceSpans[0].scopeSpans[0].spans[1].kind: expected the enum's number, got "SERVER"`,
      },
    },
  ]);
  expect(result.ok && result.value.rejected.count).toBe(3);
  expect(result.ok && result.value.service).toBe("web");
});
