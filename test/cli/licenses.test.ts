import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { licenseFaults, LOADED_BY_NODE, licensesText, packagesIn } from "../../.ci/licenses.ts";

const root = join(import.meta.dirname, "..", "..");

function faultsOf(packages: Record<string, object>): string[] {
  const lockfile = { lockfileVersion: 3, packages: { "": { name: "spanfold", license: "Apache-2.0" }, ...packages } };
  return licenseFaults(packagesIn(JSON.stringify(lockfile)));
}

test("a licence outside the list is reported with its package", () => {
  const faults = faultsOf({
    "node_modules/plain": { version: "1.0.0", license: "MIT" },
    "node_modules/strict": { version: "2.0.0", license: "AGPL-3.0-only" },
    "node_modules/plain/node_modules/@scope/silent": { version: "3.0.0", dev: true },
  });
  expect(faults).toEqual([
    "strict 2.0.0, a dependency that is shipped, has the licence AGPL-3.0-only, which is not allowed",
    "@scope/silent 3.0.0, a development dependency, states no licence",
  ]);
});

test("weak copyleft is allowed in development only", () => {
  expect(faultsOf({ "node_modules/tool": { version: "1.0.0", license: "MPL-2.0", dev: true } })).toEqual([]);
  expect(faultsOf({ "node_modules/tool": { version: "1.0.0", license: "MPL-2.0", devOptional: true } })).toEqual([]);
  expect(faultsOf({ "node_modules/tool": { version: "1.0.0", license: "MPL-2.0" } })).toEqual([
    "tool 1.0.0, a dependency that is shipped, has the licence MPL-2.0, which is not allowed",
  ]);
});

test.each([
  ["MIT OR GPL-3.0-only", "allowed"],
  ["(MIT OR Apache-2.0)", "allowed"],
  ["MIT AND ISC", "allowed"],
  ["MIT AND GPL-3.0-only", "refused"],
  ["GPL-3.0-only OR MIT AND GPL-2.0-only", "refused"],
  ["(MIT OR GPL-3.0-only) AND GPL-2.0-only", "refused"],
  ["SEE LICENSE IN README.md", "refused"],
])("of the expression %s every required part must be allowed: %s", (license, verdict) => {
  const faults = faultsOf({ "node_modules/package": { version: "1.0.0", license } });
  expect(faults.length === 0 ? "allowed" : "refused").toBe(verdict);
});

test("packages of this repository are its own", () => {
  const faults = faultsOf({
    "packages/kit": { name: "@spanfold/kit", version: "0.1.0" },
    "node_modules/@spanfold/kit": { resolved: "packages/kit", link: true },
    "packages/kit/node_modules/strict": { version: "2.0.0", license: "AGPL-3.0-only" },
  });
  expect(faults).toEqual([
    "strict 2.0.0, a dependency that is shipped, has the licence AGPL-3.0-only, which is not allowed",
  ]);
});

test("the shipped text has name, version, licence and text of each bundled dependency, and no tool", async () => {
  const text = await licensesText(root);
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    readonly dependencies: Record<string, string>;
    readonly devDependencies: Record<string, string>;
  };
  const listed = new Set(text.match(/^\S+ \d+\.\d+\.\d+\S*$/gm));
  for (const [name, version] of Object.entries(manifest.dependencies)) {
    if (LOADED_BY_NODE.has(name)) expect(listed).not.toContain(`${name} ${version}`);
    else expect(listed).toContain(`${name} ${version}`);
  }
  const { "@pydantic/genai-prices": prices, ...tools } = manifest.devDependencies;
  for (const [name, version] of Object.entries(tools)) expect(listed).not.toContain(`${name} ${version}`);
  // The price list is made of its data.
  expect(listed).toContain(`@pydantic/genai-prices ${prices}`);
  // A dependency of @preact/signals is shipped too.
  expect([...listed].filter((entry) => entry.startsWith("@preact/signals-core "))).toHaveLength(1);
  expect(text.split(/^-{80}$/m)).toHaveLength(listed.size + 1);
  for (const entry of text.split(/^-{80}$/m).slice(1)) expect(entry).toMatch(/^\n\n\S+ \S+\n\S+\n\n.*copyright/is);
});
