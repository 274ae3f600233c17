import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const KEY_BYTES = 32;

/** The secret that encrypts the header values of upstreams, in the data directory: made once, and readable by this user only. */
export function upstreamKeyIn(dataDirectory: string): string {
  const file = join(dataDirectory, "upstream-key");
  const known = existsSync(file) ? readFileSync(file, "utf8").trim() : "";
  // A full disk leaves an empty file.
  if (known !== "") return known;
  const made = randomBytes(KEY_BYTES).toString("base64url");
  writeFileSync(`${file}.new`, `${made}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return made;
}
