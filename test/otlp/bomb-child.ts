// Reads a bomb in this process, and prints the rise of its peak memory: the system records the peak even while this thread is blocked.
import { gzipSync } from "node:zlib";
import { readBody } from "../../src/otlp/body.ts";
import { readOptions } from "./read-options.ts";

const MEGABYTE = 1024 * 1024;
const [megabytes = 0, limit = 0] = process.argv.slice(2).map(Number);

/** One gzip body of many members: its inflated form is never in this process. */
const piece = gzipSync(new Uint8Array(MEGABYTE));
const bomb = new Blob(Array.from({ length: megabytes }, () => piece));

async function read(body: Blob): Promise<string> {
  const outcome = await readBody(body.stream(), "gzip", readOptions(limit));
  return outcome.ok ? `${outcome.value.length} bytes` : Object.values(outcome.error).join(" ");
}

// Warm up: the first body has a fixed cost.
await read(new Blob([piece]));
const before = process.resourceUsage().maxRSS;
const outcome = await read(bomb);
console.log(JSON.stringify({ sent: bomb.size, outcome, rose: (process.resourceUsage().maxRSS - before) / 1024 }));
