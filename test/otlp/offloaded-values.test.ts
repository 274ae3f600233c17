import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { decodeTraces } from "../../src/otlp/decode-traces.ts";
import { encodeDelivery } from "../../src/otlp/group/encode-delivery.ts";
import { MAX_INLINE_VALUE, MAX_VALUE, PREVIEW_LENGTH } from "../../src/otlp/limits.ts";
import { restoreValues } from "../../src/otlp/restore-values.ts";
import type { Delivery } from "../../src/facts/delivery.ts";
import type { AnyValue, ResourceSpans } from "../../src/otel/span.ts";
import { libraryEncode } from "./oracle.ts";
import { decodeJson, deliveriesOf, request, resourceSpansOf, span, textOf } from "./requests.ts";

const AROUND = '{"stringValue":""}'.length;

function delivered(value: unknown): Delivery {
  const [delivery] = deliveriesOf(decodeJson(request(span({ attributes: [{ key: "k", value }] }))));
  if (delivery === undefined) throw new Error("nothing was delivered");
  return delivery;
}

function attributeOf(delivery: Delivery): AnyValue | undefined {
  return attributeIn(resourceSpansOf(delivery));
}

function attributeIn(resourceSpans: readonly ResourceSpans[]): AnyValue | undefined {
  return resourceSpans[0]?.scopeSpans?.[0]?.spans?.[0]?.attributes?.[0]?.value;
}

function storedValues(delivery: Delivery): string[] {
  return delivery.values.map((value) => brief(textOf(value)));
}

function onlyValue({ values }: Delivery): string {
  const [only] = values;
  if (only === undefined || values.length > 1) throw new Error(`${values.length} values`);
  return textOf(only);
}

/** Shortens a long text for failure messages; its hash keeps different texts different. */
function brief(text: string): string {
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 16);
  return text.length < 80 ? text : `${text.slice(0, 40)}… ${text.length} characters, ${hash}`;
}

describe("a value longer than 8 KiB is offloaded", () => {
  // spec: OTLP-16
  test("at the limit it stays inline, one byte past it a preview takes its place", () => {
    const at = "x".repeat(MAX_INLINE_VALUE - AROUND);
    expect(attributeOf(delivered({ stringValue: at }))).toEqual({ stringValue: at });
    const past = delivered({ stringValue: `${at}x` });
    const json = JSON.stringify({ stringValue: `${at}x` });
    expect(storedValues(past)).toEqual([brief(json)]);
    const hash = createHash("sha256").update(json).digest("hex");
    expect(past.values[0]?.hash).toBe(hash);
    expect(attributeOf(past)).toEqual({
      stringValue: "x".repeat(PREVIEW_LENGTH),
      offloaded: { hash, bytes: MAX_INLINE_VALUE + 1 },
    });
  });

  test("counts bytes of escaped JSON, not characters", () => {
    for (const [unit, bytes] of [
      ["é", 2],
      ["語", 3],
      ["🙂", 4],
      ["\u0001", 6],
      ['"', 2],
    ] as const) {
      const most = Math.floor((MAX_INLINE_VALUE - AROUND) / bytes);
      expect(delivered({ stringValue: unit.repeat(most) }).values, `${most} × ${unit}`).toHaveLength(0);
      expect(delivered({ stringValue: unit.repeat(most + 1) }).values, `${most + 1} × ${unit}`).toHaveLength(1);
    }
  });

  test("arrays, kvlists and bytes too; their preview is the beginning of their JSON", () => {
    const list = { arrayValue: { values: Array.from({ length: 1000 }, (_, n) => ({ intValue: String(n) })) } };
    const preview = attributeOf(delivered(list));
    expect(preview?.stringValue).toBe(JSON.stringify(list).slice(0, PREVIEW_LENGTH));
    expect(storedValues(delivered(list))).toEqual([brief(JSON.stringify(list))]);
    const map = { kvlistValue: { values: [{ key: "text", value: { stringValue: "y".repeat(9_000) } }] } };
    expect(storedValues(delivered(map))).toEqual([brief(JSON.stringify(map))]);
    const bytes = { bytesValue: Buffer.alloc(9_000, 7).toString("base64") };
    expect(storedValues(delivered(bytes))).toEqual([brief(JSON.stringify(bytes))]);
    expect(attributeOf(delivered(bytes))?.stringValue).toMatch(/^\{"bytesValue":"BwcH/);
  });

  test("a preview never ends in half of a character", () => {
    const preview = attributeOf(delivered({ stringValue: `x${"🙂".repeat(9_000)}` }))?.stringValue;
    expect(preview).toBe(`x${"🙂".repeat(255)}`);
  });

  test("in any attribute, once for each content in a delivery, and with the same hash from both encodings", () => {
    const big = { key: "big", value: { stringValue: "z".repeat(10_000) } };
    const spans = ["00000000000000a1", "00000000000000a2"].map((spanId) =>
      span({
        spanId,
        attributes: [big],
        events: [{ name: "e", attributes: [big] }],
        links: [{ traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "00f067aa0ba902b7", attributes: [big] }],
      }),
    );
    const whole = {
      resourceSpans: [{ resource: { attributes: [big] }, scopeSpans: [{ scope: { attributes: [big] }, spans }] }],
    };
    const [fromJson] = deliveriesOf(decodeJson(whole));
    const [fromProtobuf] = deliveriesOf(decodeTraces(libraryEncode(whole), "protobuf"));
    if (fromJson === undefined || fromProtobuf === undefined) throw new Error("nothing was delivered");
    expect(textOf(fromJson).match(/"offloaded"/g)).toHaveLength(8);
    expect(fromJson.values).toHaveLength(1);
    expect(textOf(fromProtobuf)).toBe(textOf(fromJson));
    expect(storedValues(fromProtobuf)).toEqual(storedValues(fromJson));

    const values = new Map(fromJson.values.map((value) => [value.hash, JSON.parse(textOf(value))]));
    expect(restoreValues(resourceSpansOf(fromJson), (hash) => values.get(hash))).toEqual(whole.resourceSpans);
    expect(restoreValues(resourceSpansOf(fromJson), () => undefined)).toEqual(resourceSpansOf(fromJson));
  });

  test("a delivery encoded again without a span omits values of only that span", () => {
    const spans = [1, 2].map((n) =>
      span({
        spanId: `00000000000000a${n}`,
        attributes: [{ key: "k", value: { stringValue: String(n).repeat(9_000) } }],
      }),
    );
    const result = decodeJson(request(...spans));
    const [group] = result.ok ? result.value.groups : [];
    if (group === undefined) throw new Error("nothing was decoded");
    expect(encodeDelivery(group).values).toHaveLength(2);
    expect(storedValues(encodeDelivery(group, new Set([0])))).toEqual([
      brief(JSON.stringify({ stringValue: "2".repeat(9_000) })),
    ]);
  });
});

describe("a value longer than 1 MiB is cut, and records its length", () => {
  // spec: OTLP-17
  test("at the limit it is whole, one byte past it is cut to the limit", () => {
    const at = "x".repeat(MAX_VALUE - AROUND);
    expect(attributeOf(delivered({ stringValue: at }))?.offloaded).toMatchObject({ bytes: MAX_VALUE });
    expect(attributeOf(delivered({ stringValue: at }))?.offloaded).not.toHaveProperty("cutFrom");
    const past = delivered({ stringValue: `${at}x` });
    expect(attributeOf(past)?.offloaded).toMatchObject({ bytes: MAX_VALUE, cutFrom: MAX_VALUE + 1 });
    expect(storedValues(past)).toEqual([brief(JSON.stringify({ stringValue: at }))]);
  });

  test("never in the middle of a character or an escape", () => {
    for (const unit of ["é", "語", "🙂", "\u0001", '"', "\n"]) {
      const sent = { stringValue: `x${unit.repeat(MAX_VALUE)}` };
      const json = onlyValue(delivered(sent));
      const cut: AnyValue = JSON.parse(json);
      expect(sent.stringValue.startsWith(cut.stringValue ?? "?"), unit).toBe(true);
      expect(cut.stringValue?.isWellFormed()).toBe(true);
      const length = Buffer.byteLength(json);
      expect(length).toBeLessThanOrEqual(MAX_VALUE);
      expect(length).toBeGreaterThan(MAX_VALUE - 6);
      expect(attributeOf(delivered(sent))?.offloaded?.cutFrom).toBe(Buffer.byteLength(JSON.stringify(sent)));
    }
  });

  test("bytes stay bytes, structures become the beginning of their JSON", () => {
    const bytes = delivered({ bytesValue: Buffer.alloc(MAX_VALUE, 1).toString("base64") });
    expect(JSON.parse(onlyValue(bytes)).bytesValue).toMatch(/^(AQEB)+$/);
    const list = {
      arrayValue: { values: Array.from({ length: 60_000 }, (_, n) => ({ stringValue: `element ${n}` })) },
    };
    const { stringValue: cut } = JSON.parse(onlyValue(delivered(list)));
    expect(JSON.stringify(list).startsWith(cut)).toBe(true);
    expect(attributeOf(delivered(list))?.offloaded?.cutFrom).toBe(JSON.stringify(list).length);
  });

  test("exported and posted again it is the same, with cutFrom", () => {
    const list = {
      arrayValue: { values: Array.from({ length: 60_000 }, (_, n) => ({ stringValue: `element ${n}` })) },
    };
    const bytes = { bytesValue: Buffer.alloc(MAX_VALUE, 1).toString("base64") };
    for (const sent of [{ stringValue: "é".repeat(MAX_VALUE) }, list, bytes]) {
      const first = delivered(sent);
      const values = new Map(first.values.map((value) => [value.hash, JSON.parse(textOf(value))]));
      const exported = attributeIn(restoreValues(resourceSpansOf(first), (hash) => values.get(hash)));
      expect(textOf(delivered(exported ?? {}))).toBe(textOf(first));
    }
  });

  test("an impossible cutFrom is ignored", () => {
    const withCutFrom = (stringValue: string, cutFrom: unknown): AnyValue =>
      JSON.parse(JSON.stringify({ stringValue, offloaded: { hash: "a", bytes: 1, cutFrom } }));
    expect(attributeOf(delivered(withCutFrom("short", MAX_VALUE * 2)))).toEqual({ stringValue: "short" });
    for (const from of [5, -1, 2.5, "2000000", null, Number.MAX_VALUE]) {
      expect(attributeOf(delivered(withCutFrom("x".repeat(9_000), from)))?.offloaded, String(from)).not.toHaveProperty(
        "cutFrom",
      );
    }
  });
});
