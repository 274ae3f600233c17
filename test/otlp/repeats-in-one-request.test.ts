import { expect, test } from "vitest";
import { decodeTraces } from "../../src/otlp/decode-traces.ts";
import { encodeDelivery } from "../../src/otlp/group/encode-delivery.ts";
import { decodeFacts } from "../../src/facts/codec/encode.ts";

const id = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331" };
const named = {
  ...id,
  name: "ask",
  startTimeUnixNano: "1",
  attributes: [{ key: "session.id", value: { stringValue: "s-1" } }],
};
const ended = { ...id, name: "ask", startTimeUnixNano: "1", endTimeUnixNano: "9" };

function kept(...spans: object[]): string[] {
  const body = new TextEncoder().encode(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }));
  const decoded = decodeTraces(body, "json");
  if (!decoded.ok) throw new Error(decoded.error.reason);
  return decoded.value.groups.flatMap((group) =>
    (decodeFacts(encodeDelivery(group).facts) ?? []).map(({ end, session }) => `${end} ${session?.value ?? "-"}`),
  );
}

test("of repeats of one span the best stays", () => {
  expect(kept(ended, { ...ended, endTimeUnixNano: "5" }, ended)).toEqual(["9 -"]);
});

test("a beaten encoding that alone names the session stays beside the better one, whichever comes first", () => {
  expect(kept(named, ended).toSorted()).toEqual(["0 s-1", "9 -"]);
  expect(kept(ended, named).toSorted()).toEqual(["0 s-1", "9 -"]);
});

test("a beaten encoding that names the session as the better one does goes", () => {
  expect(kept(named, { ...named, endTimeUnixNano: "9" }, named)).toEqual(["9 s-1"]);
});
