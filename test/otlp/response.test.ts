import { describe, expect, test } from "vitest";
import { statusOf, type DecodeError } from "../../src/otlp/refusals.ts";
import { encodingOf, mediaTypeOf } from "../../src/otlp/media-type.ts";
import type { OtlpEncoding } from "../../src/otlp/media-type.ts";
import { codeOf, encodeStatus, encodeSuccess } from "../../src/otlp/response.ts";
import { libraryRead } from "./oracle.ts";

const statusBytes = (encoding: OtlpEncoding, http: number, message: string, field?: string) =>
  encodeStatus(encoding, { code: codeOf(http), message, ...(field === undefined ? {} : { field }) });

const json = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

describe("the answer to an export (OTLP/HTTP Response)", () => {
  // spec: OTLP-3
  test("full success leaves partial success unset: {} in JSON, no bytes in protobuf", () => {
    for (const signal of ["traces", "logs", "metrics"] as const) {
      expect(json(encodeSuccess(signal, "json", undefined))).toBe("{}");
      expect(encodeSuccess(signal, "protobuf", undefined)).toHaveLength(0);
    }
  });

  test("partial success has the count and the reason, in both encodings", () => {
    const partial = { rejected: 300, message: "spans[0].kind: not a number" };
    expect(json(encodeSuccess("traces", "json", partial))).toBe(
      '{"partialSuccess":{"rejectedSpans":"300","errorMessage":"spans[0].kind: not a number"}}',
    );
    expect(libraryRead("ExportTraceServiceResponse", encodeSuccess("traces", "protobuf", partial))).toEqual({
      partialSuccess: { rejectedSpans: "300", errorMessage: "spans[0].kind: not a number" },
    });
    expect(json(encodeSuccess("logs", "json", partial))).toContain('"rejectedLogRecords":"300"');
    expect(json(encodeSuccess("metrics", "json", partial))).toContain('"rejectedDataPoints":"300"');
  });

  test("a refusal is a google.rpc.Status in both encodings, with the faulty field if there is one", () => {
    expect(json(statusBytes("json", 413, "too large"))).toBe('{"code":8,"message":"too large"}');
    expect(libraryRead("RpcStatus", statusBytes("protobuf", 413, "too large é"))).toEqual({
      code: 8,
      message: "too large é",
    });
    const field = "resourceSpans[0].scopeSpans";
    expect(JSON.parse(json(statusBytes("json", 400, "an array", field)))).toEqual({
      code: 3,
      message: "an array",
      details: [
        {
          "@type": "type.googleapis.com/google.rpc.BadRequest",
          fieldViolations: [{ field, description: "an array" }],
        },
      ],
    });
    const status = libraryRead("RpcStatus", statusBytes("protobuf", 400, "an array", field)) as {
      details: { type_url: string; typeUrl: string; value: number[] }[];
    };
    expect(status.details[0]?.typeUrl).toBe("type.googleapis.com/google.rpc.BadRequest");
    expect(libraryRead("BadRequest", Uint8Array.from(status.details[0]?.value ?? []))).toEqual({
      fieldViolations: [{ field, description: "an array" }],
    });
  });

  test("text from outside can neither break the answer's encoding nor make it long", () => {
    expect(() => JSON.parse(json(statusBytes("json", 400, 'a\ud800"\u0000')))).not.toThrow();
    expect(libraryRead("RpcStatus", statusBytes("protobuf", 400, "a\ud800"))).toEqual({ code: 3, message: "a\ufffd" });
    expect(statusBytes("json", 400, "x".repeat(1e6)).length).toBeLessThan(3_000);
    expect(encodeSuccess("traces", "protobuf", { rejected: 1, message: "é".repeat(1e6) }).length).toBeLessThan(5_000);
  });
});

describe("every error has its status", () => {
  test.each<[DecodeError, string]>([
    [
      { reason: "unsupported-media-type", contentType: undefined },
      "415 Content-Type is missing: send application/x-protobuf or application/json",
    ],
    [
      { reason: "unsupported-media-type", contentType: "text/plain" },
      '415 Content-Type "text/plain" is not supported: send application/x-protobuf or application/json',
    ],
    [
      { reason: "unsupported-encoding", contentEncoding: "zstd" },
      '415 Content-Encoding "zstd" is not supported: send gzip, deflate or identity',
    ],
    [{ reason: "too-large", what: "spans", limit: 20_000 }, "413 too large: more than 20000 spans"],
    [
      { reason: "corrupt", message: "incorrect data check" },
      "400 the compressed body is corrupt: incorrect data check",
    ],
    [{ reason: "cut-off" }, "400 the body is incomplete: the connection ended too soon"],
    [{ reason: "not-utf8", position: 7 }, "400 not UTF-8 at byte 7"],
    [
      { reason: "malformed-json", message: "unexpected end at position 3" },
      "400 malformed JSON: unexpected end at position 3",
    ],
    [
      { reason: "malformed-protobuf", message: "field number 0", path: "", position: 0 },
      "400 malformed protobuf at byte 0: field number 0",
    ],
    [
      { reason: "wrong-shape", path: "resourceSpans", message: "expected an array" },
      "400 resourceSpans: expected an array",
    ],
  ])("%j", (error, text) => {
    const { http, message } = statusOf(error);
    expect(`${http} ${message}`).toBe(text);
  });
});

test.each([
  ["application/json", "json"],
  ["Application/JSON; charset=utf-8", "json"],
  [" application/x-protobuf ;v=1", "protobuf"],
  ["application/protobuf", undefined],
  ["application/json-seq", undefined],
  ["text/plain, application/json", undefined],
  ["", undefined],
  [null, undefined],
])("Content-Type %j is %s", (contentType, encoding) => {
  expect(encodingOf(contentType)).toBe(encoding);
  if (encoding !== undefined) expect(encodingOf(mediaTypeOf(encodingOf(contentType) ?? "json"))).toBe(encoding);
});
