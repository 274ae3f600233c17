import { describe, expect, test } from "vitest";
import { lineChanges } from "../../../src/dashboard/session/panel/line-changes.ts";

const print = (before: string, now: string): string[] =>
  (lineChanges(before, now) ?? []).map((change) =>
    change.is === "folded"
      ? `… ${change.lines}`
      : `${{ same: " ", added: "+", removed: "-" }[change.is]} ${change.text}`,
  );

describe("the lines that changed from one attempt to the next", () => {
  test("with the lines around them; long equal parts are left out", () => {
    const lines = (changed: string) => ["a", "b", "c", "d", changed, "f", "g", "h", "i"].join("\n");
    expect(print(lines("e"), lines("E"))).toEqual(["… 2", "  c", "  d", "- e", "+ E", "  f", "  g", "… 2"]);
  });
  test("an added end", () => expect(print("a", "a\nb")).toEqual(["  a", "+ b"]));
  test("nothing", () => expect(print("a\nb", "a\nb")).toEqual(["… 2"]));
  test("everything", () => expect(print("a", "b")).toEqual(["- a", "+ b"]));
});
