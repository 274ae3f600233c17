import { expect, test } from "vitest";
import { GiveWay, WORK_A_TURN } from "../../src/routes/receive/give-way.ts";

test("a request that works much lets others have their turn after so much work, and again after as much", async () => {
  let turns = 0;
  const giveWay = new GiveWay(async () => await Promise.resolve(turns++));
  const seen: number[] = [];
  for (const work of [WORK_A_TURN - 1, 1, WORK_A_TURN - 1, 1, WORK_A_TURN * 3]) {
    await giveWay.after(work);
    seen.push(turns);
  }
  expect(seen).toEqual([0, 1, 1, 2, 3]);
});
