import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ALL_OPERATIONS, openapi } from "../../.ci/openapi.ts";

test("public/openapi.json, which the program serves, agrees with the schemas: npm run openapi", async () => {
  const file = join(import.meta.dirname, "..", "..", "public", "openapi.json");
  expect(JSON.parse(await readFile(file, "utf8"))).toEqual(JSON.parse(JSON.stringify(openapi())));
});

test("no schema of a parameter describes it: the Worker would load a text that only openapi.json has", () => {
  const described = Object.values(ALL_OPERATIONS)
    .flatMap((route) => METHODS.flatMap((method) => route[method]?.parameters ?? []))
    .flatMap(({ entries }) => Object.entries(entries))
    .filter(([, schema]) => describes(schema))
    .map(([name]) => name);
  expect(described).toEqual([]);
});

const METHODS = ["get", "post", "put", "delete"] as const;

/** Anywhere in the schema. */
function describes(part: unknown): boolean {
  if (typeof part !== "object" || part === null) return false;
  return Reflect.get(part, "type") === "description" || Object.values(part).some(describes);
}
