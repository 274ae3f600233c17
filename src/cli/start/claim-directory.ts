import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isListening } from "./is-listening.ts";

/**
 * Claims a data directory for this process until it ends: two runtimes would write to the same databases. The claim is a
 * socket, which unlike a file with a process id dies with its owner, however that ends. Answers whether it was free.
 */
export async function claimDirectory(directory: string): Promise<boolean> {
  // Not in the directory itself: a socket's path may have some hundred characters only.
  const path = join(tmpdir(), `spanfold-${createHash("sha256").update(directory).digest("hex").slice(0, 16)}.sock`);
  if (await isListening({ path })) return false;
  await rm(path, { force: true });
  return await new Promise<boolean>((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.once("error", () => resolve(false));
    server.listen(path, () => resolve(true));
    server.unref();
  });
}
