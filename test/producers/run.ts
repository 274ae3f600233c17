import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import type { Captured } from "./capture.ts";
import { fileOf, FIXTURES } from "./fixtures.ts";
import { portraitOf } from "./portrait.ts";
import { PRODUCERS } from "./producers.ts";
import { missingFor, runProducer } from "./run-producer.ts";
import { scrub } from "./scrub.ts";

// node test/producers/run.ts [NAME…] [--write] [--to URL]: prints what Spanfold shows of what each producer sends.

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { write: { type: "boolean" }, to: { type: "string" } },
});

for (const producer of PRODUCERS.filter(({ name }) => positionals.length === 0 || positionals.includes(name))) {
  const missing = missingFor(producer);
  if (missing !== undefined) {
    console.log(`${producer.name}: skipped, ${missing}`);
    continue;
  }
  const exports = (await runProducer(producer)).map(scrub);
  const portrait = portraitOf(exports, producer.extent);
  console.log(`\n== ${producer.name}: ${exports.length} exports\n\n${portrait}`);
  if (values.to !== undefined) for (const captured of exports) await forward(captured, values.to);
  if (values.write === true) await store(producer.name, exports, portrait);
}

async function forward({ signal, encoding, body }: Captured, url: string): Promise<void> {
  const type = encoding === "json" ? "application/json" : "application/x-protobuf";
  const answer = await fetch(`${url}/v1/${signal}`, { method: "POST", headers: { "content-type": type }, body });
  console.log(`  ${answer.status} ${await answer.text()}`);
}

async function store(name: string, exports: readonly Captured[], portrait: string): Promise<void> {
  const folder = join(FIXTURES, name);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const [index, captured] of exports.entries())
    await writeFile(join(folder, fileOf(index, captured)), gzipSync(captured.body));
  await writeFile(join(folder, "portrait.txt"), `${portrait}\n`);
}
