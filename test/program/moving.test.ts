import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import { describe, expect, onTestFinished, test } from "vitest";
import { freePort } from "./free-port.ts";
import { eventually, getJson } from "./read-back.ts";
import type { Export } from "./read-back.ts";
import { killable, run, startProgram, temporaryDirectory } from "./program.ts";
import type { Program } from "./program.ts";

const TRACES = 3_000;
const hex = (n: number, digits: number) => n.toString(16).padStart(digits, "0");
const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });

function spansOf(trace: number, attributes: readonly object[], name = "step") {
  const start = 1_790_000_000_000 + trace * 1_000;
  return [1, 2].map((id) => ({
    traceId: hex(trace + 1, 32),
    spanId: hex(id, 16),
    ...(id === 1 ? {} : { parentSpanId: hex(1, 16) }),
    name: `${name} ${id}`,
    startTimeUnixNano: `${start}000000`,
    endTimeUnixNano: `${start + id * 10}000000`,
    attributes,
  }));
}

async function post(url: string, spans: readonly object[]): Promise<void> {
  const response = await fetch(`${url}/v1/traces`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }),
  });
  expect([response.status, await response.text()]).toEqual([200, "{}"]);
}

/** Sessions of ten traces, other traces, a large value, log records. */
async function fill({ url }: Program, first: number, traces: number): Promise<void> {
  for (let from = first; from < first + traces; from += 500)
    await post(
      url,
      Array.from({ length: Math.min(500, first + traces - from) }, (_, n) => {
        const trace = from + n;
        const session = trace % 3 === 0 ? [] : [text("session.id", `s-${Math.floor(trace / 10)}`)];
        const value = trace % 1_000 === 1 ? [text("output.value", `${trace} `.repeat(3_000))] : [];
        return spansOf(trace, [...session, ...value]);
      }).flat(),
    );
  const record = { timeUnixNano: "1790000000000000000", body: { stringValue: "logged" }, traceId: hex(first + 1, 32) };
  const response = await fetch(`${url}/v1/logs`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [record] }] }] }),
  });
  expect(await response.text()).toBe("{}");
}

type Listed = { readonly sessions: readonly Record<string, unknown>[]; readonly nextCursor?: string };

/** The list by id, without times of arrival and watchers. */
async function listed({ url }: Pick<Program, "url">): Promise<ReadonlyMap<unknown, unknown>> {
  const all = new Map<unknown, unknown>();
  let cursor = "";
  do {
    const page = await getJson<Listed>(url, `/sessions?kind=all&sort=start&order=asc&limit=1000${cursor}`);
    for (const { liveness: _when, watchers: _who, status: _status, ...summary } of page.sessions)
      all.set(summary["id"], summary);
    cursor = page.nextCursor === undefined ? "" : `&cursor=${encodeURIComponent(page.nextCursor)}`;
  } while (cursor !== "");
  return all;
}

/** The resources of a session, whatever their order: each has spans or log records of one trace. */
async function contents({ url }: Pick<Program, "url">, id: string): Promise<string[]> {
  const path = `/sessions/${encodeURIComponent(id)}/otlp`;
  const { resourceSpans, resourceLogs } = await getJson<Export>(url, path);
  return [...resourceSpans, ...resourceLogs].map((resource) => JSON.stringify(resource)).toSorted();
}

/** A program's own traces have shards of their own. */
const UNTRACED = { TELEMETRY_ENABLED: "false" };

async function shardsIn(dataFolder: string): Promise<number> {
  const names = await readdir(join(dataFolder, "do", "spanfold-SessionObject"));
  return names.filter((name) => /^[0-9a-f]{64}\.sqlite$/.test(name)).length;
}

const partsIn = async (folder: string) =>
  (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".otlp.jsonl.gz"));

describe("export --all and import", () => {
  test(
    "move all sessions to a program with other shards, through kills of either and a deletion",
    { timeout: 300_000 },
    async () => {
      const [DATA_DIR, PORT] = [await temporaryDirectory(), String(await freePort())];
      const first = await startProgram({ DATA_DIR, PORT, SHARDS: "2", ...UNTRACED });
      await fill(first, 0, TRACES);
      await eventually(async () => expect((await listed(first)).size).toBeGreaterThan(1_200), 60);
      const folder = join(await temporaryDirectory(), "all");
      const begun = killable("export", ["--all", "--output", folder, "--url", first.url]);
      // At once: a quick machine has written all of it a moment later.
      while ((await partsIn(folder)).length === 0) await sleep(1);
      await begun.kill();
      await first.kill();
      const kept = await partsIn(folder);

      const from = await startProgram({ DATA_DIR, PORT, ...UNTRACED });
      await fetch(`${from.url}/sessions/s-1`, { method: "DELETE" });
      const exported = await run("export", ["--all", "--output", folder, "--url", from.url]);
      // If the kill came after the end, the second export is of what came since.
      expect(exported).toMatchObject({
        code: 0,
        output: expect.stringMatching(/^(All sessions|What came since)/) as string,
      });
      expect((await partsIn(folder)).toSorted().slice(0, kept.length)).toEqual(kept.toSorted());

      const moved = await temporaryDirectory();
      const to = await startProgram({ DATA_DIR: moved, SHARDS: "16", ...UNTRACED });
      const importing = killable("import", [folder, "--url", to.url]);
      await eventually(async () => expect((await listed(to)).size).toBeGreaterThan(0), 60);
      await importing.kill();
      expect(await run("import", [folder, "--url", to.url])).toMatchObject({ code: 0 });
      // What the first part had of the deleted session is there again.
      await fetch(`${to.url}/sessions/s-1`, { method: "DELETE" });
      // Both lists are up to date a moment after what made them.
      await eventually(async () => expect(await listed(to)).toEqual(await listed(from)), 60);
      expect([await shardsIn(DATA_DIR), await shardsIn(moved)]).toEqual([2, 16]);
      for (const id of ["s-0", "s-100", hex(1, 32), hex(2_002, 32)])
        expect(await contents(to, id), id).toEqual(await contents(from, id));
    },
  );

  test("go on with what came since, and keep the exports of two programs in one folder apart", async () => {
    const [one, other, to] = await Promise.all([
      startProgram({ DATA_DIR: await temporaryDirectory() }),
      startProgram({ DATA_DIR: await temporaryDirectory() }),
      startProgram({ DATA_DIR: await temporaryDirectory() }),
    ]);
    const folder = await temporaryDirectory();
    await fill(one, 0, 30);
    await fill(other, 1_000, 30);
    for (const { url } of [one, other, one, other])
      expect(await run("export", ["--all", "--output", folder, "--url", url])).toMatchObject({ code: 0 });
    await post(one.url, spansOf(4, [text("session.id", "s-0")], "later"));
    const later = await run("export", ["--all", "--output", folder, "--url", one.url]);
    expect(later.output).toContain("What came since the last export written to");
    expect(await run("import", [folder, "--url", to.url])).toMatchObject({ code: 0 });
    await eventually(
      async () => expect(await listed(to)).toEqual(new Map([...(await listed(one)), ...(await listed(other))])),
      60,
    );
    // A part that is missing makes the export begin anew.
    const [lost = ""] = (await partsIn(folder)).toSorted();
    await rm(join(folder, lost));
    const outputs = [];
    for (const { url } of [one, other])
      outputs.push((await run("export", ["--all", "--output", folder, "--url", url])).output.slice(0, 12));
    expect(outputs.toSorted()).toEqual(["All sessions", "What came si"]);
  });

  test("go on where the connection is cut, and say that a text that was cut off is no whole export", async () => {
    const from = await startProgram({ DATA_DIR: await temporaryDirectory() });
    await fill(from, 0, 300);
    let cuts = 0;
    const proxy = createServer(({ url = "" }, response) => {
      void (async () => {
        const answer = await fetch(from.url + url);
        response.writeHead(answer.status, Object.fromEntries(answer.headers));
        const body = Buffer.from(await answer.arrayBuffer());
        if (cuts++ < 2) response.write(body.subarray(0, Math.floor(body.length / 3)), () => response.destroy());
        else response.end(body);
      })();
    });
    await once(proxy.listen(0, "127.0.0.1"), "listening");
    onTestFinished(() => void proxy.close());
    const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const folder = await temporaryDirectory();
    const done = await run("export", ["--all", "--output", folder, "--url", url]);
    expect([done.code, cuts]).toEqual([0, 3]);

    const to = await startProgram({ DATA_DIR: await temporaryDirectory() });
    const whole = Buffer.concat(
      await Promise.all(
        (await partsIn(folder)).toSorted().map(async (name) => gunzipSync(await readFile(join(folder, name)))),
      ),
    );
    const file = join(await temporaryDirectory(), "cut.otlp.jsonl");
    // At a line's end as well.
    for (const size of [Math.floor(whole.length / 2), whole.lastIndexOf("\n", whole.length - 2) + 1]) {
      await writeFile(file, whole.subarray(0, size));
      const cut = await run("import", [file, "--url", to.url]);
      expect([cut.code, cut.output]).toEqual([1, expect.stringContaining("was cut off; what is there was sent")]);
    }
    await writeFile(file, whole);
    expect(await run("import", [file, "--url", to.url])).toMatchObject({ code: 0 });
    await eventually(async () => expect(await listed(to)).toEqual(await listed(from)), 60);
  });
});
