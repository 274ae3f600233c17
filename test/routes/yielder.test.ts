import { expect, test } from "vitest";
import { Yielder, WORK_PER_YIELD } from "../../src/routes/receive/yielder.ts";

test("a request yields after a fixed amount of work, and again after the same amount", async () => {
  let yields = 0;
  const yielder = new Yielder(async () => await Promise.resolve(yields++));
  const seen: number[] = [];
  for (const work of [WORK_PER_YIELD - 1, 1, WORK_PER_YIELD - 1, 1, WORK_PER_YIELD * 3]) {
    await yielder.after(work);
    seen.push(yields);
  }
  expect(seen).toEqual([0, 1, 1, 2, 3]);
});
