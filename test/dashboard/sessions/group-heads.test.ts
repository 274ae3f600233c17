import { expect, test } from "vitest";
import type { PlacedRow } from "../../../src/dashboard/sessions/frozen-order.ts";
import { groupHeads, HEAD, headTop, rowTop } from "../../../src/dashboard/sessions/group-heads.ts";

const ROW = 50;

const rows = (...groups: PlacedRow["group"][]): PlacedRow[] => groups.map((group, at) => ({ id: String(at), group }));

/** Rows and headings from the top, with the gaps that must not be. */
function print(placed: readonly PlacedRow[]): string {
  const heads = groupHeads(placed);
  const boxes = [
    ...heads.map((head) => ({ is: `${head.group} ${head.rows}`, top: headTop(head, ROW), height: HEAD })),
    ...placed.map(({ id }, index) => ({ is: id, top: rowTop(heads, index, ROW), height: ROW })),
  ].toSorted((a, b) => a.top - b.top);
  let end = 0;
  return boxes
    .map(({ is, top, height }) => {
      const gap = top === end ? "" : `gap of ${top - end}, `;
      end = top + height;
      return gap + is;
    })
    .join(" | ");
}

test("each group has its heading above its first row", () => {
  expect(print(rows("needs-you", "running", "running", "rest"))).toBe(
    "needs-you 1 | 0 | running 2 | 1 | 2 | rest 1 | 3",
  );
  expect(print(rows("running", "rest"))).toBe("running 1 | 0 | rest 1 | 1");
  expect(print(rows("needs-you"))).toBe("needs-you 1 | 0");
});

test("without pinned rows there is no heading", () => {
  expect(print(rows("rest", "rest"))).toBe("0 | 1");
  expect(print([])).toBe("");
});
