import { expect, test } from "vitest";

import { bytesInBase64, bytesOfBase64 } from "../../src/lib/base64.ts";

test("bytes become standard base64 and come back; another text is none", () => {
  const bytes = Uint8Array.of(0, 251, 255, 16);
  expect(bytesInBase64(bytes)).toBe("APv/EA==");
  expect(bytesOfBase64("APv/EA==")).toEqual(bytes);
  expect(bytesOfBase64("APv/EA")).toEqual(bytes);
  expect([bytesOfBase64("%%"), bytesOfBase64("APv_EA==")]).toEqual([undefined, undefined]);
});
