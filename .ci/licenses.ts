/** The licences of the packages in package-lock.json: which may be used, and the texts that a build ships. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** Licences that ask only for their text and notices, which /build/LICENSES.txt carries (SPDX ids). */
const ALLOWED: ReadonlySet<string> = new Set([
  "0BSD",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "BlueOak-1.0.0",
  "CC0-1.0",
  "ISC",
  "MIT",
  "PSF-2.0",
  "Python-2.0",
]);

/** Weak copyleft, fonts, and what its author gave to the public: allowed in tools, which are run here and never shipped. */
const ALLOWED_IN_DEVELOPMENT: ReadonlySet<string> = new Set(["LGPL-3.0-or-later", "MPL-2.0", "OFL-1.1", "Unlicense"]);

/** Development dependencies whose data is shipped: the price list is made of it. */
const SHIPPED_AS_DATA: ReadonlySet<string> = new Set(["@pydantic/genai-prices"]);

/** Packages that the Node program loads as they are: npm installs them beside it, with their own licence files. */
export const LOADED_BY_NODE: ReadonlySet<string> = new Set(["@grpc/grpc-js", "miniflare"]);

/** A package of the lockfile. */
export type LockedPackage = {
  /** Where it is installed, such as `node_modules/hono`. */
  readonly path: string;
  readonly name: string;
  readonly version: string;
  /** An SPDX expression; absent where the package states none. */
  readonly license?: string;
  /** Whether only development needs it, and nothing of it is shipped. */
  readonly development: boolean;
  /** Names of the packages that it needs. */
  readonly needs: readonly string[];
};

export async function lockedPackages(root: string): Promise<LockedPackage[]> {
  return packagesIn(await readFile(join(root, "package-lock.json"), "utf8"));
}

/** The packages of a lockfile's text, without those of this repository. Throws where npm wrote a form without licences. */
export function packagesIn(lockfile: string): LockedPackage[] {
  const { lockfileVersion, packages } = JSON.parse(lockfile) as {
    readonly lockfileVersion?: number;
    readonly packages?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  };
  if (lockfileVersion !== 3 || packages === undefined)
    throw new Error(`package-lock.json has lockfileVersion ${lockfileVersion}; 3 is expected`);
  return (
    Object.entries(packages)
      // A package of this repository is a folder outside `node_modules`, and a link to it.
      .filter(([path, { link }]) => path.includes("node_modules/") && link !== true)
      .map(([path, { version, license, dev, devOptional, optional, dependencies }]) => ({
        path,
        name: path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length),
        version: String(version),
        ...(typeof license === "string" ? { license } : {}),
        // A bundle contains no optional package: these are the native parts of tools, of which one platform installs a few.
        development: dev === true || devOptional === true || optional === true,
        needs: Object.keys(dependencies ?? {}),
      }))
      .map((locked) => (SHIPPED_AS_DATA.has(locked.name) ? { ...locked, development: false } : locked))
  );
}

/** One sentence for each package whose licence is not allowed, with the package's name. */
export function licenseFaults(packages: readonly LockedPackage[]): string[] {
  return packages.flatMap(({ name, version, license, development }) => {
    const use = development ? "a development dependency" : "a dependency that is shipped";
    if (license === undefined) return [`${name} ${version}, ${use}, states no licence`];
    if (isAllowed(license, development)) return [];
    return [`${name} ${version}, ${use}, has the licence ${license}, which is not allowed`];
  });
}

/** Of alternatives one must be allowed, of conjunctions all. Nested expressions are refused, which is safe. */
function isAllowed(expression: string, development: boolean): boolean {
  const plain = expression.trim().replace(/^\(([^()]*)\)$/, "$1");
  return plain.split(" OR ").some((alternative) =>
    alternative.split(" AND ").every((part) => {
      const id = part.trim();
      return ALLOWED.has(id) || (development && ALLOWED_IN_DEVELOPMENT.has(id));
    }),
  );
}

/** The packages that page and Worker contain: the dependencies of this package, and theirs, but for those that Node loads. */
export async function bundledPackages(root: string): Promise<LockedPackage[]> {
  const packages = await lockedPackages(root);
  const byPath = new Map(packages.map((locked) => [locked.path, locked]));
  const manifest = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };
  const found = new Set(packages.filter(({ name }) => SHIPPED_AS_DATA.has(name)));
  const own = Object.keys(manifest.dependencies).filter((name) => !LOADED_BY_NODE.has(name));
  const add = (names: readonly string[], from: string) => {
    for (const name of names) {
      const needed = packageAt(byPath, name, from);
      if (needed !== undefined) found.add(needed);
    }
  };
  add(own, "");
  // The loop also visits what it adds.
  for (const { needs, path } of found) if (!SHIPPED_AS_DATA.has(path.slice("node_modules/".length))) add(needs, path);
  return [...found];
}

/** Where Node finds a package that one at `from` imports: in the nearest `node_modules` above. */
function packageAt(byPath: ReadonlyMap<string, LockedPackage>, name: string, from: string): LockedPackage | undefined {
  const own = byPath.get(`${from === "" ? "" : `${from}/`}node_modules/${name}`);
  if (own !== undefined || from === "") return own;
  return packageAt(byPath, name, from.slice(0, Math.max(0, from.lastIndexOf("/node_modules/"))));
}

/** The text of /build/LICENSES.txt. */
export async function licensesText(root: string): Promise<string> {
  return await noticesText(root, "Its page and its Worker contain", await bundledPackages(root));
}

/** Name, version, licence id and licence text of each package that something contains. */
export async function noticesText(root: string, what: string, packages: readonly LockedPackage[]): Promise<string> {
  const entries = await Promise.all(
    packages
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .map(async ({ path, name, version, license = "" }) => {
        const texts = await noticesIn(join(root, path));
        if (texts.length === 0) throw new Error(`${name} ${version} is shipped and has no licence file`);
        return [`${name} ${version}`, license, "", ...texts].join("\n");
      }),
  );
  const rule = `\n\n${"-".repeat(80)}\n\n`;
  const head = `Spanfold is licensed under Apache-2.0. ${what} these packages, or data of them:`;
  return `${[head, ...entries].join(rule)}\n`;
}

/** The files of a package that its licence asks to be passed on. */
async function noticesIn(directory: string): Promise<string[]> {
  const names = (await readdir(directory)).filter((name) => /^(licen[cs]e|copying|notice)/i.test(name)).toSorted();
  return await Promise.all(
    // A line of dashes would end the entry.
    names.map(async (name) => (await readFile(join(directory, name), "utf8")).trim().replaceAll(/^-+$/gm, "")),
  );
}

if (import.meta.main) {
  const packages = await lockedPackages(join(import.meta.dirname, ".."));
  const faults = licenseFaults(packages);
  for (const fault of faults) console.error(fault);
  if (faults.length > 0) process.exitCode = 1;
  else console.log(`${packages.length} packages have allowed licences`);
}
