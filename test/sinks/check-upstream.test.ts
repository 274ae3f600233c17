import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, test } from "vitest";
import { otlpReceiver } from "./real/otlp-receiver.ts";

const SCRIPT = join(import.meta.dirname, "..", "..", ".ci", "check-upstream.ts");

async function check(args: readonly string[], headers?: string) {
  const { OTEL_EXPORTER_OTLP_HEADERS: _, ...own } = process.env;
  const env = { ...own, ...(headers === undefined ? {} : { OTEL_EXPORTER_OTLP_HEADERS: headers }) };
  const child = spawn(process.execPath, [SCRIPT, ...args], { env });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => output.push(text));
  const [code] = (await once(child, "close")) as [number];
  return {
    code,
    lines: output
      .join("")
      .trim()
      .replaceAll(/\d+ ms/g, "0 ms")
      .split("\n"),
  };
}

test("a receiver is asked in each encoding, with its headers", async () => {
  // It reads protobuf only.
  const receiver = await otlpReceiver({ json: "refused" });
  const { code, lines } = await check([receiver.url], "x-key=sk%20secret");
  expect(lines).toEqual([
    "http/protobuf, none: accepted, status 200, 0 ms",
    "http/protobuf, gzip: accepted, status 200, 0 ms",
    "http/json, none: refused, status 415, 0 ms: the receiver answers 415",
    "http/json, gzip: refused, status 415, 0 ms: the receiver answers 415",
  ]);
  expect(code).toBe(1);
  expect(receiver.received.map(({ path, headers, spans }) => [path, headers["x-key"], spans.length])).toEqual([
    ["/v1/traces", "sk secret", 1],
    ["/v1/traces", "sk secret", 1],
  ]);
});

test("a mistake in its command line is named", async () => {
  expect((await check([])).code).toBe(64);
  expect(await check(["ftp://a"])).toEqual({
    code: 64,
    lines: ["the endpoint is refused: it must begin with https:// or http://."],
  });
  expect((await check(["http://127.0.0.1:1", "honeycomb"], "")).lines).toEqual([
    "honeycomb needs the header x-honeycomb-team.",
  ]);
});
