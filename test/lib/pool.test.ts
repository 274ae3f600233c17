import { expect, test } from "vitest";

import { pool } from "../../src/lib/pool.ts";

/** Waits for so many turns of the event loop. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await Promise.resolve();
}

test("no more calls run at once than the limit, and results are in the items' order", async () => {
  let running = 0;
  let most = 0;
  const results = await pool([5, 1, 4, 2, 3], 2, async (item, index) => {
    most = Math.max(most, ++running);
    await turns(item * 3);
    running--;
    return `${index}:${item}`;
  });
  expect(results).toEqual(["0:5", "1:1", "2:4", "3:2", "4:3"]);
  expect(most).toBe(2);
});

test("after an error no further call begins, and the calls under way end before it is thrown", async () => {
  const events: string[] = [];
  const run = pool(["slow", "broken", "never"], 2, async (item) => {
    events.push(`begin ${item}`);
    if (item === "broken") throw new Error("out of order");
    await turns(10);
    events.push(`end ${item}`);
  });
  await expect(run).rejects.toThrow("out of order");
  expect(events).toEqual(["begin slow", "begin broken", "end slow"]);
});

test("a call may fail with nothing, and no items need no calls", async () => {
  await expect(pool([1], 1, async () => await Promise.reject(undefined))).rejects.toBeUndefined();
  expect(await pool([], 8, async () => await Promise.resolve(1))).toEqual([]);
});
