import { createReadStream } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { readImportAnswer, type Imported } from "../../client/import-answer.ts";
import { CommandError } from "../dispatch.ts";
import { FAILED, UNREACHABLE } from "../server/exit-codes.ts";
import type { Server } from "../server/server.ts";

/** A busy server is asked so many times. Sending a file again changes nothing that is known. */
const ATTEMPTS = 8;
const PAUSE = 1_000;

/** Sends one file. Throws when it was not taken whole. */
export async function importFile(server: Server, path: string, onSent: (bytes: number) => void): Promise<Imported> {
  for (let attempt = 1; ; attempt++) {
    const answer = await server.answer("/import", {
      method: "POST",
      headers: { "Content-Type": "application/octet-stream" },
      // Node's fetch takes what yields bytes; the types of other runtimes do not know it.
      body: piecesOf(path, onSent) as unknown as NonNullable<RequestInit["body"]>,
      duplex: "half",
    });
    if (answer.status === 401 || answer.status === 403) throw await server.refusal(answer);
    const outcome = readImportAnswer({
      status: answer.status,
      type: answer.headers.get("Content-Type") ?? "",
      retryAfter: answer.headers.get("Retry-After"),
      text: await answer.text(),
    });
    if (outcome.outcome === "imported") return outcome;
    if (outcome.outcome === "busy" && attempt < ATTEMPTS) {
      await sleep(PAUSE * attempt);
      continue;
    }
    const before =
      outcome.outcome === "refused" && outcome.imported !== undefined
        ? ` ${outcome.imported.spans} spans before it are imported.`
        : "";
    throw new CommandError(
      `${path}: ${outcome.why.replace(/\.$/, "")}.${before}`,
      outcome.outcome === "busy" ? UNREACHABLE : FAILED,
    );
  }
}

async function* piecesOf(path: string, onSent: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  let sent = 0;
  for await (const piece of createReadStream(path)) {
    const read = piece as Uint8Array;
    yield read;
    onSent((sent += read.length));
  }
}
