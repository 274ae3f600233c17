/** The benches by the letters of their requirement, `l` for the limits of a body, `list` for many sessions, `fork` for `packages/producer`, `self` for the program's own traces, `sinks` for upstreams. */
export const BENCHES = ["a", "b", "c", "d", "e", "f", "g", "h", "l", "list", "fork", "self", "sinks"] as const;
export type BenchName = (typeof BENCHES)[number];

export type Options = {
  readonly benches: readonly BenchName[];
  /** Shorter runs and fewer of them: for a look, not for a figure. */
  readonly quick: boolean;
  /** Prints README's table as well. */
  readonly markdown: boolean;
};

export type OptionsOutcome =
  | { readonly ok: true; readonly options: Options }
  | { readonly ok: false; readonly error: string };

export const USAGE = `npm run bench -- [${BENCHES.join("] [")}] [--quick] [--markdown]`;

export function readOptions(given: readonly string[]): OptionsOutcome {
  const wanted: BenchName[] = [];
  for (const word of given) {
    if (word === "--quick" || word === "--markdown") continue;
    const bench = BENCHES.find((name) => name === word);
    if (bench === undefined) return { ok: false, error: `There is no bench "${word}". ${USAGE}` };
    wanted.push(bench);
  }
  const options = {
    benches: wanted.length === 0 ? BENCHES : wanted,
    quick: given.includes("--quick"),
    markdown: given.includes("--markdown"),
  };
  return { ok: true, options };
}
