import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { benchAlerts } from "./alerts.ts";
import { benchBill } from "./bill.ts";
import { benchFanOut } from "./fan-out.ts";
import type { Section } from "./figure.ts";
import { benchFork } from "./fork.ts";
import { benchFullIngest } from "./full-ingest.ts";
import { benchHotLog } from "./hot-log.ts";
import { benchIngest, benchTenTraces } from "./ingest.ts";
import { benchLatency } from "./latency.ts";
import { benchNewTraces } from "./new-traces.ts";
import { benchLimits } from "./limits.ts";
import { benchList } from "./list.ts";
import { readOptions } from "./options.ts";
import type { BenchName } from "./options.ts";
import { machine, printMarkdown, printSection } from "./report.ts";
import { benchSelf } from "./self.ts";
import { benchSinks } from "./sinks.ts";
import { benchSize } from "./size.ts";
import { benchWake } from "./wake.ts";
import { Bench, ROOT } from "./workerd.ts";

const BENCHES: Readonly<Record<BenchName, (bench: Bench, quick: boolean) => Promise<Section>>> = {
  a: benchIngest,
  b: benchTenTraces,
  c: benchLatency,
  d: benchFullIngest,
  e: benchFanOut,
  f: benchBill,
  g: benchWake,
  h: benchSize,
  l: benchLimits,
  list: benchList,
  fork: benchFork,
  self: benchSelf,
  sinks: benchSinks,
  alerts: benchAlerts,
  new: benchNewTraces,
  hot: benchHotLog,
};

const given = readOptions(process.argv.slice(2));
if (!given.ok) {
  console.error(given.error);
  process.exit(2);
}
const { benches, peer, quick, markdown } = given.options;

console.log(`${machine()}${quick ? "; quick: for a look, not for a figure" : ""}\n`);
const bench = await Bench.open();
const sections: Section[] = [];
process.once("SIGINT", () => void bench.close().then(() => process.exit(130)));
try {
  const wanted = benches.map((name) => () => BENCHES[name](bench, quick));
  if (peer !== undefined) wanted.push(() => benchNewTraces(bench, quick, peer));
  for (const run of wanted) {
    const section = await run();
    sections.push(section);
    console.log(printSection(section));
  }
} finally {
  await bench.close();
}
await mkdir(join(ROOT, ".cache"), { recursive: true });
const result = { at: new Date().toISOString(), machine: machine(), quick, sections };
await writeFile(join(ROOT, ".cache", "bench.json"), `${JSON.stringify(result, undefined, 2)}\n`);
if (markdown) console.log(printMarkdown(sections));
