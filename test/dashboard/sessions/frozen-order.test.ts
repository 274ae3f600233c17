import { expect, test } from "vitest";
import { arrange, type FrozenOrder, type PlacedRow } from "../../../src/dashboard/sessions/frozen-order.ts";

const noneRequested = () => false;

/** "a ! b ~ c": group by group, what needs the reader before "!", what runs before "~". */
function rows(text: string): PlacedRow[] {
  const placed: PlacedRow[] = [];
  let pending: string[] = [];
  const close = (group: PlacedRow["group"]): void => {
    placed.push(...pending.map((id) => ({ id, group })));
    pending = [];
  };
  for (const word of text.split(" ").filter(Boolean)) {
    if (word === "!") close("needs-you");
    else if (word === "~") close("running");
    else pending.push(word);
  }
  close("rest");
  return placed;
}

function print({ shown, waiting, asking }: FrozenOrder): string {
  const of = (group: PlacedRow["group"]) => shown.filter((row) => row.group === group).map(({ id }) => id);
  const marked = [...of("needs-you"), "!", ...of("running"), "~", ...of("rest")].join(" ");
  return `${marked}, ${waiting} new, ${asking} asking`;
}

test("free, the current order is shown", () => {
  expect(print(arrange(rows("a b"), rows("c ! b ~ a"), "free", noneRequested))).toBe("c ! b ~ a, 0 new, 0 asking");
});

test("frozen, rows keep their places, new rows are counted, and deleted rows disappear", () => {
  expect(print(arrange(rows("a b c"), rows("new c a"), "frozen", noneRequested))).toBe("! ~ a c, 1 new, 0 asking");
});

test("frozen, a row keeps its group, and a row that needs the reader elsewhere is counted", () => {
  const before = rows("a ! b ~ c d");
  expect(print(arrange(before, rows("! a c ~ b d"), "frozen", noneRequested))).toBe("a ! b ~ c d, 0 new, 0 asking");
  expect(print(arrange(before, rows("b new a ! ~ c d"), "frozen", noneRequested))).toBe("a ! b ~ c d, 1 new, 2 asking");
});

test("frozen, the next page follows, and is not counted", () => {
  const isRequested = (id: string) => id !== "new";
  expect(print(arrange(rows("x ! a b"), rows("x y ! new ~ b a c d"), "frozen", isRequested))).toBe(
    "x ! ~ a b c d, 2 new, 1 asking",
  );
});

test("without shown rows nothing is frozen", () => {
  expect(print(arrange([], rows("a"), "frozen", noneRequested))).toBe("! ~ a, 0 new, 0 asking");
});
