/** Compares docs/spec.md with the tests: each rule has to be cited by a test, and each cited rule has to exist. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** A rule in the specification: `- **ID-3** …`. */
const RULE = /^- \*\*([A-Z]+-\d+)\*\* /gm;
/** A citation above a test: `// spec: ID-3, ID-4`. */
const CITATION = /^\s*\/\/ spec: (.+)$/gm;
const NUMBERS = /^[A-Z]+-\d+(, [A-Z]+-\d+)*$/;

/** The faults, as sentences. `tests`: texts by path. */
export function specFaults(spec: string, tests: ReadonlyMap<string, string>): readonly string[] {
  const rules = [...spec.matchAll(RULE)].map(([, number = ""]) => number);
  const faults = rules
    .filter((number, at) => rules.indexOf(number) !== at)
    .map((number) => `docs/spec.md: ${number} stands twice`);
  const cited = new Set<string>();
  for (const [path, text] of tests)
    for (const [, list = ""] of text.matchAll(CITATION)) {
      if (!NUMBERS.test(list)) faults.push(`${path}: "${list}" is no list of rules such as ID-3, ID-4`);
      for (const number of list.split(", ")) {
        cited.add(number);
        if (NUMBERS.test(number) && !rules.includes(number)) faults.push(`${path}: ${number} is not in docs/spec.md`);
      }
    }
  const uncited = rules.filter((number) => !cited.has(number));
  return [...faults, ...uncited.map((number) => `docs/spec.md: no test cites ${number}`)];
}

async function main(root: string): Promise<void> {
  const folder = join(root, "test");
  const paths = (await readdir(folder, { recursive: true })).filter((path) => path.endsWith(".test.ts"));
  const tests = await Promise.all(
    paths.map(async (path) => [`test/${path}`, await readFile(join(folder, path), "utf8")] as const),
  );
  const faults = specFaults(await readFile(join(root, "docs/spec.md"), "utf8"), new Map(tests));
  for (const fault of faults) console.error(fault);
  if (faults.length > 0) process.exitCode = 1;
}

if (import.meta.main) await main(join(import.meta.dirname, ".."));
