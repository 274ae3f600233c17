import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { run, startProgram, temporaryDirectory } from "./program.ts";
import { eventually, getJson } from "./read-back.ts";
import type { SessionList } from "./read-back.ts";

test("verify posts, watches and reconnects, prints percentiles, and leaves nothing", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory(), ADMIN_TOKEN: "admin-secret" });
  const { code, output } = await run("verify", [url], { SPANFOLD_TOKEN: "admin-secret" });
  const figures = String.raw`p50 [\d.]+ · p95 [\d.]+ · p99 [\d.]+ ms`;
  expect(output).toMatch(new RegExp(`✓ takes spans +60 exports, answered in ${figures}`));
  expect(output).toMatch(new RegExp(`✓ shows them live +0 missing, visible after ${figures}`));
  expect(output).toMatch(new RegExp(`✓ resumes a cut stream +2 of 2 times, 0 spans repeated, live after ${figures}`));
  expect(output).toContain("61 of 61");
  expect(output).not.toContain("✗");
  expect(code).toBe(0);
  await eventually(async () => {
    const headers = { authorization: "Bearer admin-secret" };
    expect((await getJson<SessionList>(url, "/sessions?kind=all", headers)).sessions).toEqual([]);
  });
});

/** Longer than `verify` takes from one cut of its stream to the next. */
const LATE_MILLIS = 3_000;

test("verify cuts its stream again only when it is live: a busy program resumes each late", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  let streams = 0;
  const late = createServer((request, response) => {
    void (async () => {
      const pieces: Uint8Array[] = [];
      for await (const piece of request) pieces.push(piece as Uint8Array);
      if (request.url?.includes("watch=true") === true && streams++ > 0) await sleep(LATE_MILLIS);
      const headers = Object.entries(request.headers).filter(
        ([name]) => !/^(host|connection|content-length)$/.test(name),
      );
      const answer = await fetch(url + request.url, {
        method: request.method ?? "GET",
        headers: Object.fromEntries(headers) as Record<string, string>,
        ...(pieces.length === 0 ? {} : { body: Buffer.concat(pieces) }),
      });
      const type = answer.headers.get("content-type");
      response.writeHead(answer.status, type === null ? {} : { "content-type": type });
      for await (const piece of answer.body ?? []) response.write(piece);
      response.end();
    })().catch(() => response.destroy());
  });
  await once(late.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => late.close().closeAllConnections());
  const { code, output } = await run("verify", [`http://127.0.0.1:${(late.address() as AddressInfo).port}`]);
  expect(output).toContain("2 of 2 times, 0 spans repeated");
  expect(code).toBe(0);
});

test("verify says what a program refuses", async () => {
  const tokens = { ADMIN_TOKEN: "admin-secret", VIEW_TOKEN: "reader" };
  const program = await startProgram({ DATA_DIR: await temporaryDirectory(), ...tokens });
  const { url } = program;
  const reader = await run("verify", [url], { SPANFOLD_TOKEN: "reader" });
  expect(reader.output).toMatch(/✗ takes spans +.*This token may read only/);
  const { code, output } = await run("verify", [url]);
  expect(output).toMatch(/✗ takes calls of gRPC-Web +status 16 Send a token/);
  expect(output).toMatch(/✗ takes spans +.* asks for a token: set --token or SPANFOLD_TOKEN/);
  expect(code).toBe(1);
  await program.stop();
  expect((await run("verify", ["http://127.0.0.1:9"])).code).toBe(3);
});
