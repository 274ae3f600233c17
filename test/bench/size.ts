import { join } from "node:path";
import { pageSize, workerSize } from "../../.ci/sizes.ts";
import { FIRST_LOAD } from "../../src/routes/first-load.ts";
import type { Size } from "../../.ci/sizes.ts";
import { median, spread } from "./figure.ts";
import type { Figure, Section } from "./figure.ts";
import { ROOT } from "./workerd.ts";
import type { Bench } from "./workerd.ts";

export async function benchSize(bench: Bench, quick: boolean): Promise<Section> {
  const starts: number[] = [];
  for (let round = 0; round < (quick ? 3 : 10); round++) {
    const runtime = await bench.start("size");
    starts.push(runtime.firstAnswerMillis);
    await runtime.stop();
  }
  await bench.forget("size");
  return {
    bench: "h",
    title: "size and start",
    figures: [
      figureOf("the Worker", await workerSize(bench.script)),
      figureOf("the list, its first load", await pageSize(join(ROOT, "public"), FIRST_LOAD.list)),
      figureOf("a session, its first load", await pageSize(join(ROOT, "public"), FIRST_LOAD.session)),
      figureOf(
        "a session with its transcript",
        await pageSize(join(ROOT, "public"), [...FIRST_LOAD.session, ...FIRST_LOAD.transcript]),
      ),
      {
        name: "a process from nothing to its first answer",
        value: median(starts),
        unit: "ms",
        detail: `${spread(starts, 0)} over ${starts.length} starts, workerd's own start included`,
      },
    ],
  };
}

function figureOf(name: string, { bytes, gzipped }: Size): Figure {
  return { name, value: gzipped / 1e3, unit: "kB gzip", detail: `${(bytes / 1e3).toFixed(0)} kB` };
}
