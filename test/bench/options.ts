import { peerAt } from "./peer.ts";
import type { Peer } from "./peer.ts";

/** The benches by the letters of their requirement, `l` for the limits of a body, `list` for many sessions, `fork` for `packages/producer`, `self` for the program's own traces, `sinks` for upstreams, `alerts` for rules, `new` for small traces, `hot` for a busy log beside others. */
export const BENCHES = [
  "a",
  "b",
  "c",
  "d",
  "e",
  "f",
  "g",
  "h",
  "l",
  "list",
  "fork",
  "self",
  "sinks",
  "alerts",
  "new",
  "hot",
] as const;
export type BenchName = (typeof BENCHES)[number];

export type Options = {
  /** Another receiver, for the bodies of `new`. */
  readonly peer?: Peer;
  readonly benches: readonly BenchName[];
  /** Shorter runs and fewer of them: for a look, not for a figure. */
  readonly quick: boolean;
  /** Prints README's table as well. */
  readonly markdown: boolean;
};

export type OptionsOutcome =
  | { readonly ok: true; readonly options: Options }
  | { readonly ok: false; readonly error: string };

export const USAGE = `npm run bench -- [${BENCHES.join("] [")}] [peer URL] [--quick] [--markdown]`;

export function readOptions(given: readonly string[]): OptionsOutcome {
  const wanted: BenchName[] = [];
  let peer: Peer | undefined;
  for (const [at, word] of given.entries()) {
    if (given[at - 1] === "peer") continue;
    if (word === "peer") {
      peer = peerAt(given[at + 1] ?? "");
      if (peer === undefined)
        return { ok: false, error: `peer needs an address such as http://127.0.0.1:4318. ${USAGE}` };
      continue;
    }
    if (word === "--quick" || word === "--markdown") continue;
    const bench = BENCHES.find((name) => name === word);
    if (bench === undefined) return { ok: false, error: `There is no bench "${word}". ${USAGE}` };
    wanted.push(bench);
  }
  const options = {
    ...(peer && { peer }),
    benches: wanted.length === 0 && peer === undefined ? BENCHES : wanted,
    quick: given.includes("--quick"),
    markdown: given.includes("--markdown"),
  };
  return { ok: true, options };
}
