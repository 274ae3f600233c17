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

function acceptedVersions(...spans: object[]): string[] {
  const body = new TextEncoder().encode(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }));
  const decoded = decodeTraces(body, "json");
  if (!decoded.ok) throw new Error(decoded.error.reason);
  return decoded.value.groups.flatMap((group) =>
    (decodeFacts(encodeDelivery(group).facts) ?? []).map(({ end, session }) => `${end} ${session?.value ?? "-"}`),
  );
}

test("the best of repeated versions of a span stays", () => {
  expect(acceptedVersions(ended, { ...ended, endTimeUnixNano: "5" }, ended)).toEqual(["9 -"]);
});

// spec: ID-6
test("a superseded version stays if only it names the session, in either order", () => {
  expect(acceptedVersions(named, ended).toSorted()).toEqual(["0 s-1", "9 -"]);
  expect(acceptedVersions(ended, named).toSorted()).toEqual(["0 s-1", "9 -"]);
});

test("a superseded version goes if the better one names the same session", () => {
  expect(acceptedVersions(named, { ...named, endTimeUnixNano: "9" }, named)).toEqual(["9 s-1"]);
});
