import { describe, expect, test } from "vitest";
import { decodeAnswer, decodeMessage, encodeAnswer, encodeMessage, isGrpcWeb } from "../../src/otlp/grpc-web.ts";
import { protobufStatus } from "../../src/otlp/response.ts";
import { libraryRead } from "./oracle.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

describe("a body of gRPC-Web (PROTOCOL-WEB)", () => {
  test("holds one message after its flags and its length", () => {
    const body = encodeMessage(bytes("abc"));
    expect(Array.from(body)).toEqual([0, 0, 0, 0, 3, 97, 98, 99]);
    expect(decodeMessage(body)).toEqual({ ok: true, value: { message: bytes("abc"), isCompressed: false } });
    expect(decodeMessage(Uint8Array.of(1, 0, 0, 0, 0))).toMatchObject({ value: { isCompressed: true } });
    expect(decodeMessage(encodeMessage(new Uint8Array()))).toMatchObject({ value: { message: new Uint8Array() } });
  });

  test.each([
    [[], "it has no message"],
    [[0, 0, 0, 0], "it has no message"],
    [[0, 0, 0, 0, 2, 1], "it announces 2 bytes and has 1"],
    [[0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0], "it announces 1 bytes and has 6"],
    [[0, 255, 255, 255, 255], "it announces 4294967295 bytes and has 0"],
    [[0x80, 0, 0, 0, 0], "its first byte is 128, no flag of a message"],
  ])("%j is refused", (body, message) => {
    expect(decodeMessage(Uint8Array.from(body))).toEqual({ ok: false, error: { reason: "malformed-frame", message } });
  });

  test("of an answer ends with the trailers", () => {
    const body = encodeAnswer({ message: bytes("m"), status: { code: 0, message: "" } });
    expect(new TextDecoder().decode(body)).toBe("\0\0\0\0\u0001m\ufffd\0\0\0\u0010grpc-status: 0\r\n");
  });

  test.each([
    { message: bytes("m"), status: { code: 0, message: "" } },
    { message: new Uint8Array(), status: { code: 0, message: "" } },
    { status: { code: 3, message: "100 % wrong:\r\n é ☂ \u0000" } },
    { status: { code: 8, message: "later", details: Uint8Array.of(0, 255, 128, 3) } },
  ])("is read as it was written: %o", (answer) => {
    expect(decodeAnswer(encodeAnswer(answer))).toEqual(answer);
  });

  test("that has no trailers is no answer", () => {
    const whole = encodeAnswer({ message: bytes("m"), status: { code: 0, message: "" } });
    for (const length of [0, 4, 6, whole.length - 1]) expect(decodeAnswer(whole.subarray(0, length))).toBeUndefined();
    expect(decodeAnswer(bytes("<!doctype html><title>a proxy</title>"))).toBeUndefined();
  });

  test("has a type of binary frames", () => {
    const types = ["application/grpc-web", "application/grpc-web+proto", "Application/gRPC-Web+Proto; charset=utf-8"];
    expect(types.every(isGrpcWeb)).toBe(true);
    const others = [undefined, "", "application/grpc", "application/grpc-web-text", "application/grpc-web+json"];
    expect(others.some(isGrpcWeb)).toBe(false);
  });
});

test("a status says when to try again (google.rpc.RetryInfo)", () => {
  const status = libraryRead("RpcStatus", protobufStatus({ code: 8, message: "later", retrySeconds: 30 })) as {
    code: number;
    details: { typeUrl: string; value: number[] }[];
  };
  expect(status).toMatchObject({ code: 8, message: "later" });
  expect(status.details[0]?.typeUrl).toBe("type.googleapis.com/google.rpc.RetryInfo");
  // retry_delay { seconds: 30 }
  expect(Array.from(status.details[0]?.value ?? [])).toEqual([0x0a, 2, 0x08, 30]);
});
