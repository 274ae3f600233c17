import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const KEY_BYTES = 32;

/** The secret that encrypts the header values of upstreams, in the data directory: made once, and readable by this user only. */
export function upstreamKeyIn(dataDirectory: string): string {
  const file = join(dataDirectory, "upstream-key");
  if (!existsSync(file)) writeFileSync(file, `${randomBytes(KEY_BYTES).toString("base64url")}\n`, { mode: 0o600 });
  return readFileSync(file, "utf8").trim();
}
