import { expect, test } from "vitest";
import { oneLine } from "../../../src/dashboard/ui/untrusted-text.tsx";

test("one line is one line, cut with an ellipsis, and never half a character", () => {
  expect(oneLine("a\n\n  b\tc")).toBe("a b c");
  expect(oneLine("x".repeat(400), 10)).toBe("xxxxxxxxxx…");
  expect(oneLine("ab😀", 3)).toBe("ab\ufffd…");
});
