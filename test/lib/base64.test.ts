import { expect, test } from "vitest";

import { bytesInBase64, bytesInBase64url, bytesOfBase64, bytesOfBase64url } from "../../src/lib/base64.ts";

test("bytes become standard base64 and come back; another text is none", () => {
  const bytes = Uint8Array.of(0, 251, 255, 16);
  expect(bytesInBase64(bytes)).toBe("APv/EA==");
  expect(bytesOfBase64("APv/EA==")).toEqual(bytes);
  expect(bytesOfBase64("APv/EA")).toEqual(bytes);
  expect([bytesOfBase64("%%"), bytesOfBase64("APv_EA==")]).toEqual([undefined, undefined]);
});

test("base64url has two other characters, and no padding", () => {
  expect(bytesInBase64url(new Uint8Array([251, 255, 190, 1]))).toBe("-_--AQ");
  for (const text of ["-_--AQ", "-_--AQ=="]) expect(bytesOfBase64url(text)).toEqual(new Uint8Array([251, 255, 190, 1]));
  for (const text of ["+/++AQ==", "A", "a b"]) expect(bytesOfBase64url(text)).toBeUndefined();
});
