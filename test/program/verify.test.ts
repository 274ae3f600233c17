import { expect, test } from "vitest";
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
