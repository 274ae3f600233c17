import { test } from "vitest";

/** `SEED=…` in the environment; with it, laws are tried for this seed alone. */
const ONLY = process.env["SEED"];

/** Many seeds on a busy machine. */
const TIMEOUT = 600_000;

/** So many seeds, from `first` on. */
export function seedsFrom(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, n) => first + n);
}

/** One test of what holds for every seed. A failure names its seed and the command that repeats it. */
export function law(name: string, seeds: readonly number[], holds: (seed: number) => void | Promise<void>): void {
  test(`${name} (${seeds.length} seeds)`, { timeout: TIMEOUT }, async ({ task }) => {
    for (const seed of ONLY === undefined ? seeds : [Number(ONLY)]) {
      try {
        await holds(seed);
      } catch (error) {
        const failure = error instanceof Error ? error : new Error(String(error));
        failure.message = `seed ${seed} (again: SEED=${seed} npm test -- ${task.file.name}): ${failure.message}`;
        throw failure;
      }
    }
  });
}
