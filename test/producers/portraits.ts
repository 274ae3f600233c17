import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { extentOf, fixtureNames, FIXTURES, readCaptures } from "./fixtures.ts";
import { portraitOf } from "./portrait.ts";
import { transcriptOfExports } from "./transcript.ts";

// node test/producers/portraits.ts: writes the portraits and transcripts of all captures anew.

for (const name of fixtureNames()) {
  const captures = readCaptures(name);
  writeFileSync(join(FIXTURES, name, "portrait.txt"), `${portraitOf(captures, extentOf(name))}\n`);
  writeFileSync(join(FIXTURES, name, "transcript.md"), transcriptOfExports(captures));
}
