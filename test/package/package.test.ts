import { existsSync } from "node:fs";
import { join } from "node:path";
import { Client, credentials, Metadata } from "@grpc/grpc-js";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { COMMANDS } from "../../src/cli/commands.ts";
import { libraryEncode } from "../otlp/oracle.ts";
import { eventually, getJson } from "../program/read-back.ts";
import type { SessionAnswer, SessionList } from "../program/read-back.ts";
import { filesOf, installed, nodeOf, pack, remove, spanfold, start } from "./installed.ts";
import type { Installed, Started } from "./installed.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const EXPORT = {
  resourceSpans: [
    {
      scopeSpans: [
        {
          spans: [
            { traceId: TRACE, spanId: "b7ad6b7169203331", name: "hello", startTimeUnixNano: "1", endTimeUnixNano: "2" },
          ],
        },
      ],
    },
  ],
};

let file: string;
beforeAll(async () => {
  file = await pack();
});

async function started(on: Installed, settings: Record<string, string> = {}): Promise<Started> {
  const program = await start(on, settings);
  onTestFinished(async () => void (await program.end("SIGKILL")));
  return program;
}

describe.each([20, 24])("the package in an empty folder, with Node %d", (major) => {
  let place: Installed;
  beforeAll(async () => {
    place = await installed(file, await nodeOf(major));
  });
  afterAll(async () => await remove(place));

  test("has the page, the Worker and the command line built, and no sources", async () => {
    const files = await filesOf(place);
    expect(files).toEqual(
      expect.arrayContaining([
        "dist/worker/index.js",
        "dist/cli/spanfold.js",
        "public/index.html",
        "public/build/main.js",
        "NOTICE",
      ]),
    );
    expect(files.filter((name) => name.endsWith(".ts") || name.endsWith(".map"))).toEqual([]);
  });

  test("is the command line", async () => {
    const help = await spanfold(place, ["--help"]);
    expect(help.code).toBe(0);
    for (const { name, summary } of COMMANDS)
      expect(help.output).toMatch(new RegExp(`  ${name} +${summary.slice(0, 9)}`));
    expect((await spanfold(place, ["--version"])).output).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(await spanfold(place, ["strt"])).toMatchObject({
      code: 64,
      output: expect.stringContaining("Did you mean start?"),
    });
  });

  // Their modules load: what only a newer Node has would fail here.
  test.each(COMMANDS.map(({ name }) => name))("knows the options of %s", async (name) => {
    expect((await spanfold(place, [name, "--help"])).output).toContain(`spanfold ${name}`);
    if (name !== "start") expect(await spanfold(place, [name, "--no-such-option"])).not.toMatchObject({ code: 0 });
  });

  test("takes spans over HTTP and gRPC, shows the page, and keeps its data in the home", async () => {
    const first = await started(place);
    expect(first.printed()).toContain(`data      ${join(place.environment["HOME"] ?? "", ".spanfold")}`);
    expect(await callByGrpc(first.grpcPort)).toBe(0);
    const posted = await fetch(`${first.url}/v1/traces`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(EXPORT),
    });
    expect(posted.status).toBe(200);
    // The same span twice: once.
    expect((await getJson<SessionAnswer>(first.url, `/sessions/${TRACE}`)).session.spans).toBe(1);

    const page = await fetch(`${first.url}/sessions/${TRACE}`, { headers: { accept: "text/html" } });
    const [, script = ""] = /src="(\/build\/[^"]+)"/.exec(await page.text()) ?? [];
    const main = await fetch(first.url + script);
    expect([page.status, main.status, main.headers.get("content-type")]).toEqual([
      200,
      200,
      expect.stringContaining("javascript"),
    ]);
    expect((await fetch(`${first.url}/build/LICENSES.txt`)).status).toBe(200);

    await first.end();
    await eventually(async () => await expect(fetch(first.url)).rejects.toThrow("fetch failed"));
    const again = await started(place);
    expect((await getJson<SessionAnswer>(again.url, `/sessions/${TRACE}`)).session.spans).toBe(1);
    expect(existsSync(join(place.folder, ".data"))).toBe(false);
  });

  test("has one program for a folder of data", async () => {
    const DATA_DIR = join(place.folder, "shared");
    await started(place, { DATA_DIR });
    await expect(start(place, { DATA_DIR })).rejects.toThrow(
      /in use by another npx spanfold.*DATA_DIR=.data-2 npx spanfold/,
    );
  });

  test("plays the demo", async () => {
    const { url } = await started(place, { DATA_DIR: join(place.folder, "demo") });
    const demo = await spanfold(place, ["demo", "--fast", "--endpoint", url]);
    expect(demo).toEqual({ code: 0, output: expect.stringContaining(`${url}/sessions/checkout-latency-`) });
    await eventually(async () => {
      const list = await getJson<SessionList>(url, "/sessions");
      expect(list.sessions.map(({ services }) => services)).toEqual([["ark-completions", "ark-controller"]]);
    });
  });
});

function callByGrpc(port: string): Promise<number> {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  const identity = (bytes: Buffer) => bytes;
  const path = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
  return new Promise((resolve) => {
    client.makeUnaryRequest(
      path,
      identity,
      identity,
      Buffer.from(libraryEncode(EXPORT)),
      new Metadata(),
      {},
      (error) => {
        client.close();
        resolve(error?.code ?? 0);
      },
    );
  });
}
