import { Random } from "../session/seeded-random.ts";

/** Random numbers from 0 to 1, repeatable by seed. */
export function randomFrom(seed: number): () => number {
  const random = new Random(seed);
  return () => random.next();
}

/** `SEED=… npm test` repeats a failed run. */
export function newSeed(): number {
  return Number(process.env["SEED"] ?? Math.floor(Math.random() * 2 ** 32));
}

export function pick<T>(random: () => number, choices: readonly T[]): T {
  const choice = choices[Math.floor(random() * choices.length)];
  if (choice === undefined) throw new Error("nothing to pick from");
  return choice;
}
