import { readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { deriveChunkFacts } from "../../src/durable/session/log/chunk-facts.ts";
import { decodeTraces } from "../../src/otlp/decode-traces.ts";
import { encodeDelivery } from "../../src/otlp/group/encode-delivery.ts";

const CORPUS = new URL("../fixtures/corpus/", import.meta.url);
const payloads = readdirSync(CORPUS).filter(
  (file) => /\.(json|pb)(\.gz)?$/.test(file) && !/expected|index|golden/.test(file),
);

describe("facts derived on receipt and facts derived again from the log's bytes", () => {
  test.each(payloads)("are the same for %s", (file) => {
    const raw = readFileSync(new URL(file, CORPUS));
    const body = file.endsWith(".gz") ? gunzipSync(raw) : raw;
    const decoded = decodeTraces(body, file.includes(".pb") ? "protobuf" : "json");
    if (!decoded.ok) throw new Error(JSON.stringify(decoded.error));
    for (const group of decoded.value.groups) {
      const delivery = encodeDelivery(group);
      expect(deriveChunkFacts(delivery).encoded).toBe(delivery.facts);
    }
  });
});
