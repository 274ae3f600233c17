import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openapi } from "../../.ci/openapi.ts";

test("public/openapi.json, which the program serves, agrees with the schemas: npm run openapi", async () => {
  const file = join(import.meta.dirname, "..", "..", "public", "openapi.json");
  expect(JSON.parse(await readFile(file, "utf8"))).toEqual(JSON.parse(JSON.stringify(openapi())));
});
