import { describe, expect, test } from "vitest";
import {
  chosenColumns,
  readColumnChoice,
  trackOf,
  withHidden,
  withoutWidth,
  withWidth,
} from "../../../src/dashboard/ui/columns.ts";
import type { ColumnSpec } from "../../../src/dashboard/ui/columns.ts";

const COLUMNS: readonly ColumnSpec[] = [
  { name: "span", word: "Span", width: 400, least: 160, always: true },
  { name: "tokens", word: "Tokens", width: 68, least: 44 },
  { name: "cost", word: "Cost", width: 84, least: 50 },
];

/** `span 400, tokens 68 chosen, cost hidden`. */
const print = (choice: Parameters<typeof chosenColumns>[1]): string =>
  chosenColumns(COLUMNS, choice)
    .map(
      ({ name, width, is, isHidden }) => `${name} ${isHidden ? "hidden" : is === "chosen" ? `${width} chosen` : width}`,
    )
    .join(", ");

describe("the columns of a table, as a reader wants them", () => {
  test("a width, and none narrower than the column allows", () => {
    expect(print(undefined)).toBe("span 400, tokens 68, cost 84");
    expect(print(withWidth(undefined, "tokens", 90))).toBe("span 400, tokens 90 chosen, cost 84");
    expect(print(withWidth(undefined, "tokens", 4))).toBe("span 400, tokens 44 chosen, cost 84");
  });

  test("a default width again, and with the last one no choice at all", () => {
    const choice = withWidth(withWidth(undefined, "tokens", 90), "cost", 70);
    expect(print(withoutWidth(choice, "tokens"))).toBe("span 400, tokens 68, cost 70 chosen");
    expect(withoutWidth(withoutWidth(choice, "tokens"), "cost")).toBeUndefined();
  });

  test("hidden and shown again; the first column stays", () => {
    const hidden = withHidden(withHidden(undefined, "cost", "hidden"), "span", "hidden");
    expect(print(hidden)).toBe("span 400, tokens 68, cost hidden");
    expect(print(withHidden(hidden, "cost", "shown"))).toBe("span 400, tokens 68, cost 84");
  });

  test("what was stored is read back; other texts are none", () => {
    const choice = withWidth(withHidden(undefined, "cost", "hidden"), "tokens", 90);
    expect(readColumnChoice(JSON.parse(JSON.stringify(choice)))).toEqual(choice);
    for (const text of [null, 5, "x", [], { widths: [], hidden: {} }])
      expect(print(readColumnChoice(text))).toBe("span 400, tokens 68, cost 84");
    expect(print(readColumnChoice({ widths: { tokens: "9", cost: 1e9 }, hidden: ["nothing", 4] }))).toBe(
      "span 400, tokens 68, cost 1200 chosen",
    );
  });

  test("as tracks of a grid", () => {
    const [first] = chosenColumns(COLUMNS, withWidth(undefined, "span", 300));
    expect(first && trackOf(first)).toBe("minmax(0, 300px)");
  });
});
