import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { launchChromium, setup } from "../../e2e/chromium.ts";
import { median } from "../figure.ts";
import { load, type Load, MeasuredPage, scroll, search } from "./measure.ts";
import { sendBatch, sendSession, sendSessions } from "./sessions.ts";

const ROOT = join(import.meta.dirname, "..", "..", "..");
const quick = process.argv.includes("--quick");
const SIZES = [32, 10_000, 80_000] as const;
/** Spans of a session of one trace. */
const TRACE = 10_000;
const only = process.argv.slice(2).filter((word) => !word.startsWith("-"));
const wants = (name: string): boolean => only.length === 0 || only.includes(name);
const rounds = quick ? 2 : 5;

type Row = { readonly name: string; readonly unit: string; readonly values: readonly number[]; readonly reach: string };
const rows: Row[] = [];
const note = (name: string, unit: string, reach: string, values: readonly number[]): void => {
  rows.push({ name, unit, values, reach });
  console.log(`${name}: ${values.map((value) => value.toFixed(1)).join(" ")} ${unit}`);
};

const given = process.env["URL"];
const server = given === undefined ? await startProgram() : { url: given, stop: async () => undefined };
const { url } = server;
const stamp = process.env["SESSIONS"] ?? Date.now().toString(36);
const idOf = (spans: number): string => `bench-${stamp}-${spans}`;
await setup();
const browser = await launchChromium();
try {
  if (process.env["SESSIONS"] === undefined) {
    for (const [seed, spans] of SIZES.entries()) {
      if (quick && spans > 10_000) continue;
      await sendSession(url, { id: idOf(spans), spans, seed: Date.now() + seed });
    }
    if (wants("list")) await sendSessions(url, quick ? 2_000 : 10_000);
    console.log(`SESSIONS=${stamp}`);
  }
  const sizes = SIZES.filter((spans) => !(quick && spans > 10_000));
  if (wants("load")) await benchLoads(sizes);
  for (const spans of sizes.filter((size) => size > 32)) await benchSession(spans);
  if (wants("trace")) await benchTrace();
  if (wants("list")) await benchList();
} finally {
  await browser.close();
  await server.stop();
}
for (const { name, unit, values, reach } of rows)
  console.log(`| ${name} | ${median(values).toFixed(1)} ${unit} | ${reach} |`);

async function benchLoads(sizes: readonly number[]): Promise<void> {
  const loads = new Map<number, Load[]>(sizes.map((spans) => [spans, []]));
  const busy = new Map<number, number[]>(sizes.map((spans) => [spans, []]));
  for (let round = 0; round < rounds; round++) {
    for (const spans of sizes) {
      const measured = await MeasuredPage.open(browser);
      loads.get(spans)?.push(await load(measured, address(spans)));
      busy.get(spans)?.push(await measured.busy());
      await measured.close();
    }
  }
  const of = (spans: number, step: (load: Load) => number): number[] => (loads.get(spans) ?? []).map(step);
  note(
    "first paint",
    "ms",
    "",
    of(32, ({ paint }) => paint),
  );
  note(
    "first row of 32 spans after the first paint",
    "ms",
    "100",
    of(32, ({ paint, row }) => row - paint),
  );
  for (const spans of sizes) {
    const baseRow = median(of(32, ({ row }) => row));
    const baseComplete = median(of(32, ({ complete }) => complete));
    note(
      `first row, ${spans} spans`,
      "×",
      "1.2 · 1.5",
      of(spans, ({ row }) => row / baseRow),
    );
    note(
      `complete and live, ${spans} spans`,
      "×",
      "3 · 8",
      of(spans, ({ complete }) => complete / baseComplete),
    );
    note(`loading, ${spans} spans, processor`, "ms", "", busy.get(spans) ?? []);
  }
}

async function benchSession(spans: number): Promise<void> {
  const measured = await MeasuredPage.open(browser);
  const { page } = measured;
  await load(measured, address(spans));
  await measured.wait(3_000);
  const each = async (count: number, work: () => Promise<void>): Promise<number[]> => {
    const values: number[] = [];
    for (let round = 0; round < rounds; round++) values.push((await measured.busyDuring(work)) / count);
    return values;
  };
  if (wants("heap")) note(`heap, ${spans} spans`, "MB", "150", [await measured.heap()]);
  if (wants("idle")) note(`untouched, ${spans} spans`, "ms/s", "1", await each(5, () => measured.wait(5_000)));
  if (wants("scroll"))
    note(`a scrolled frame, ${spans} spans`, "ms", "4", await each(60, () => scroll(measured, 60, 43)));
  if (wants("key")) {
    await page.keyboard.press("Home");
    note(
      `an arrow key, ${spans} spans`,
      "ms",
      "8",
      await each(20, async () => {
        for (let key = 0; key < 20; key++) {
          await page.keyboard.press("ArrowDown");
          await measured.wait(50);
        }
      }),
    );
  }
  if (wants("open")) {
    await page.keyboard.press("Home");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await measured.wait(1_500);
    await page.keyboard.press("Escape");
    note(
      `opening a span, ${spans} spans`,
      "ms",
      "30",
      await each(4, async () => {
        for (let key = 0; key < 4; key++) {
          await page.keyboard.press("ArrowDown");
          await measured.wait(100);
          await page.keyboard.press("Enter");
          await measured.wait(400);
          await page.keyboard.press("Escape");
          await measured.wait(100);
        }
      }),
    );
  }
  if (wants("search")) {
    const values: number[] = [];
    for (const word of ["hotel", "the", "Berlin", "error", "refund"]) values.push(await search(measured, word));
    note(`first hits of a search, ${spans} spans`, "ms", "300", values);
  }
  if (wants("batch")) {
    let seed = Date.now() % 1_000_000;
    note(
      `a batch of 100 spans, ${spans} spans`,
      "ms",
      "8",
      await each(4, async () => {
        for (let batch = 0; batch < 4; batch++) {
          await sendBatch(url, idOf(spans), 100, seed++);
          await measured.wait(1_200);
        }
      }),
    );
  }
  await measured.close();
}

/** Batches below the root of a session of one trace, which is one part. */
async function benchTrace(): Promise<void> {
  const id = `${idOf(TRACE)}-one`;
  const root = await sendSession(url, { id, spans: TRACE, traces: 1, seed: Date.now() });
  const measured = await MeasuredPage.open(browser);
  await load(measured, `${url}/sessions/${id}`);
  await measured.wait(3_000);
  let seed = Date.now() % 1_000_000;
  const values: number[] = [];
  // Several at once: what is out of view is not folded with each of them.
  const batches = 8;
  for (let round = 0; round < rounds; round++) {
    const busy = await measured.busyDuring(async () => {
      for (let batch = 0; batch < batches; batch++) {
        await sendBatch(url, id, 100, seed++, root);
        await measured.wait(1_200);
      }
    });
    values.push(busy / batches);
  }
  note(`a batch of 100 spans below one root, ${TRACE} spans`, "ms", "", values);
  await measured.close();
}

async function benchList(): Promise<void> {
  const measured = await MeasuredPage.open(browser);
  await load(measured, `${url}/sessions`);
  await measured.wait(2_000);
  const values: number[] = [];
  for (let round = 0; round < rounds; round++) values.push((await measured.busyDuring(() => measured.wait(5_000))) / 5);
  note("the list, untouched", "ms/s", "", values);
  const frames: number[] = [];
  for (let round = 0; round < rounds; round++)
    frames.push((await measured.busyDuring(() => scroll(measured, 60, 43))) / 60);
  note("the list, a scrolled frame", "ms", "4", frames);
  await measured.close();
}

/** `VIEW` chooses another reading than the first one. */
function address(spans: number): string {
  const view = process.env["VIEW"];
  return `${url}/sessions/${idOf(spans)}${view === undefined ? "" : `?view=${view}`}`;
}

async function startProgram(): Promise<{ url: string; stop: () => Promise<void> }> {
  const data = await mkdtemp(join(tmpdir(), "spanfold-bench-"));
  const child: ChildProcess = spawn(process.execPath, [join(ROOT, "src", "cli", "npm-start.ts")], {
    cwd: ROOT,
    env: { ...process.env, PORT: process.env["PORT"] ?? "0", GRPC_PORT: "off", DATA_DIR: data },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const found = await new Promise<string>((resolve, reject) => {
    let printed = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
      const match = /Spanfold +(http:\S+:\d+)/.exec(printed);
      if (match?.[1] !== undefined) resolve(match[1]);
    });
    child.once("exit", () => reject(new Error(`the program ended:\n${printed}`)));
  });
  return {
    url: found,
    async stop() {
      child.kill("SIGTERM");
      await rm(data, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}
