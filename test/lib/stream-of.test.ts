import { expect, test } from "vitest";

import { streamOf } from "../../src/lib/stream-of.ts";

async function* numbers(log: string[]): AsyncGenerator<number, void> {
  try {
    for (let number = 1; number <= 3; number++) {
      log.push(`made ${number}`);
      yield await Promise.resolve(number);
    }
  } finally {
    log.push("ended");
  }
}

test("a value is made when it is read, not before", async () => {
  const log: string[] = [];
  const reader = streamOf(numbers(log)).getReader();
  expect(log).toEqual([]);
  expect(await reader.read()).toEqual({ done: false, value: 1 });
  expect(log).toEqual(["made 1"]);
  expect([await reader.read(), await reader.read(), await reader.read()].map(({ value }) => value)).toEqual([
    2,
    3,
    undefined,
  ]);
  expect(log.at(-1)).toBe("ended");
});

test("a reader that cancels ends the generator, or runs the given end with its reason", async () => {
  const log: string[] = [];
  const reader = streamOf(numbers(log)).getReader();
  await reader.read();
  await reader.cancel();
  expect(log).toEqual(["made 1", "ended"]);

  const other = streamOf(numbers([]), (reason) => log.push(String(reason))).getReader();
  await other.cancel("enough");
  expect(log.at(-1)).toBe("enough");
});

test("an error of the generator is the stream's", async () => {
  async function* broken(): AsyncGenerator<number, void> {
    yield await Promise.resolve(1);
    throw new Error("out of order");
  }
  const reader = streamOf(broken()).getReader();
  await reader.read();
  await expect(reader.read()).rejects.toThrow("out of order");
});
