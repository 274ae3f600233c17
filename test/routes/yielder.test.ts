import { expect, test } from "vitest";
import { Yielder, WORK_PER_YIELD } from "../../src/routes/receive/yielder.ts";

test("a request that works much lets others have their turn after so much work, and again after as much", async () => {
  let yields = 0;
  const yielder = new Yielder(async () => await Promise.resolve(yields++));
  const seen: number[] = [];
  for (const work of [WORK_PER_YIELD - 1, 1, WORK_PER_YIELD - 1, 1, WORK_PER_YIELD * 3]) {
    await yielder.after(work);
    seen.push(yields);
  }
  expect(seen).toEqual([0, 1, 1, 2, 3]);
});
