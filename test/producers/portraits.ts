import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { extentOf, fixtureNames, FIXTURES, readCaptures } from "./fixtures.ts";
import { portraitOf } from "./portrait.ts";

// node test/producers/portraits.ts: writes the portraits of all captures anew.

for (const name of fixtureNames()) {
  writeFileSync(join(FIXTURES, name, "portrait.txt"), `${portraitOf(readCaptures(name), extentOf(name))}\n`);
}
