import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { createGunzip, gzipSync } from "node:zlib";
import { readImportAnswer, type Imported } from "../../client/import-answer.ts";
import { isExport, noteOf } from "../../session/contract/export-line.ts";
import type { ExportNote } from "../../session/contract/export-line.ts";
import { CommandError } from "../dispatch.ts";
import { FAILED, UNREACHABLE } from "../server/exit-codes.ts";
import type { Server } from "../server/server.ts";
import { PART_BYTES, PART_LINES } from "./export-parts.ts";
import { isWhole, linesOf } from "./lines.ts";

/** A busy server is asked so many times. Sending a file again changes nothing that is known. */
const ATTEMPTS = 8;
const PAUSE = 1_000;

/** `cut`: an export of all sessions, whose end is missing. `next`: one that goes on in another file. */
export type ImportedFile = Imported & { readonly end: "whole" | "next" | "cut" };

/** Sends one file. Throws when it was not taken whole. */
export async function importFile(server: Server, path: string, onSent: (bytes: number) => void): Promise<ImportedFile> {
  if (await holdsExport(path)) return await importExport(server, path, onSent);
  return { ...(await send(server, path, () => piecesOf(path, onSent))), end: "whole" };
}

/** An export of all sessions has more traces than one request may. */
async function importExport(server: Server, path: string, onSent: (bytes: number) => void): Promise<ImportedFile> {
  const sessions = new Set<string>();
  const sum = { spans: 0, logRecords: 0, rejected: undefined as Imported["rejected"] };
  let lines: Uint8Array[] = [];
  let dataLines = 0;
  let bytes = 0;
  let last: ExportNote | undefined;
  const flush = async () => {
    if (lines.length === 0) return;
    const body = gzipSync(Buffer.concat(lines), { level: 1 });
    const sent = await send(server, path, () => body);
    sum.spans += sent.spans;
    sum.logRecords += sent.logRecords;
    for (const session of sent.sessions) sessions.add(session);
    if (sent.rejected !== undefined)
      sum.rejected = { ...sent.rejected, count: sent.rejected.count + (sum.rejected?.count ?? 0) };
    lines = [];
    dataLines = 0;
    bytes = 0;
  };
  for await (const line of linesOf(textOf(path, onSent))) {
    last = isWhole(line) ? noteOf(line) : undefined;
    if (last === undefined) break;
    if ("cursor" in last) {
      if (dataLines >= PART_LINES || bytes >= PART_BYTES) await flush();
      dataLines++;
    }
    lines.push(line);
    bytes += line.length;
  }
  await flush();
  const end = last === undefined ? "cut" : "complete" in last ? "whole" : "next" in last ? "next" : "cut";
  return { ...sum, sessions: Array.from(sessions), end };
}

async function send(
  server: Server,
  path: string,
  body: () => Uint8Array | AsyncIterable<Uint8Array>,
): Promise<Imported> {
  for (let attempt = 1; ; attempt++) {
    const answer = await server.answer("/import", {
      method: "POST",
      headers: { "Content-Type": "application/octet-stream" },
      // Node's fetch takes what yields bytes; the types of other runtimes do not know it.
      body: body() as unknown as NonNullable<RequestInit["body"]>,
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

const isGzip = (start: Uint8Array): boolean => start[0] === 0x1f && start[1] === 0x8b;

/** Whether it is an export of all sessions, plain or gzip. */
async function holdsExport(path: string): Promise<boolean> {
  try {
    for await (const start of textOf(path, () => undefined)) return isExport(start);
  } catch {
    // The server says what is wrong with it.
  }
  return false;
}

async function* textOf(path: string, onRead: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  const file = await open(path);
  const start = new Uint8Array(2);
  await file.read(start, 0, 2, 0);
  await file.close();
  if (!isGzip(start)) return yield* piecesOf(path, onRead);
  const text = createGunzip();
  const compressed = createReadStream(path);
  compressed.on("error", (error) => text.destroy(error));
  compressed.pipe(text);
  try {
    for await (const piece of text) {
      yield piece as Uint8Array;
      onRead(compressed.bytesRead);
    }
  } catch (error) {
    // Where the compression is cut off, the text is too.
    if (!(error instanceof Error && "code" in error && error.code === "Z_BUF_ERROR")) throw error;
  } finally {
    compressed.destroy();
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
