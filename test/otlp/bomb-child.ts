// Reads a bomb in this process, and says how far its memory rose meanwhile: the system keeps the mark, even where nothing here can run.
import { gzipSync } from "node:zlib";
import { readBody } from "../../src/otlp/body.ts";
import { reading } from "./reading.ts";

const MEGABYTE = 1024 * 1024;
const [megabytes = 0, limit = 0] = process.argv.slice(2).map(Number);

/** Members follow each other in one gzip body, so that what it inflates to never lies here. */
const piece = gzipSync(new Uint8Array(MEGABYTE));
const bomb = new Blob(Array.from({ length: megabytes }, () => piece));

async function read(body: Blob): Promise<string> {
  const outcome = await readBody(body.stream(), "gzip", reading(limit));
  return outcome.ok ? `${outcome.value.length} bytes` : Object.values(outcome.error).join(" ");
}

// Once for what the first body of all costs.
await read(new Blob([piece]));
const before = process.resourceUsage().maxRSS;
const outcome = await read(bomb);
console.log(JSON.stringify({ sent: bomb.size, outcome, rose: (process.resourceUsage().maxRSS - before) / 1024 }));
