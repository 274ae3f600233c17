import { createHash } from "node:crypto";
import { mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { SessionSummary } from "../../session/summary.ts";
import type { Server } from "../server/server.ts";
import { sessionPath } from "../server/session-argument.ts";
import type { Progress } from "../terminal/progress.ts";
import { saveBody } from "./save-body.ts";
import { Ledger } from "./ledger.ts";

export type Exported = {
  readonly written: number;
  readonly unchanged: number;
  /** Deleted or moved since the list was read. */
  readonly gone: number;
  readonly bytes: number;
};

/** A page of the list. */
const PAGE = 500;

/**
 * Writes every session into a folder, a file each. It may be stopped and started again: sessions that did not change since are not
 * read again, and no file is ever half a session.
 */
export async function exportAll(server: Server, folder: string, progress: Progress): Promise<Exported> {
  await mkdir(folder, { recursive: true });
  const ledger = await Ledger.open(folder, "export");
  const done = { written: 0, unchanged: 0, gone: 0, bytes: 0 };
  // All of the list first: a session that becomes active meanwhile would move to a page that was read.
  const sessions = await allSessions(server);
  for (const [at, summary] of sessions.entries()) {
    progress.show(`session ${summary.id}`, at, sessions.length, "items");
    const name = fileName(summary.id);
    const file = join(folder, name);
    const state = stateOf(summary);
    if (ledger.get(summary.id) === state && (await exists(file))) {
      done.unchanged++;
      continue;
    }
    const response = await server.answer(`${sessionPath(summary.id)}/otlp`, {
      headers: { Accept: "application/json" },
    });
    // It was deleted, or moved into another one, since the list was read.
    if (response.status === 404) {
      done.gone++;
      continue;
    }
    if (!response.ok) throw await server.refusal(response);
    done.bytes += await saveBody(response, file, () => undefined);
    await ledger.set(summary.id, state);
    done.written++;
  }
  progress.clear();
  return done;
}

async function allSessions(server: Server): Promise<SessionSummary[]> {
  const found = new Map<string, SessionSummary>();
  let cursor: string | undefined;
  do {
    const parameters = new URLSearchParams({ kind: "all", limit: String(PAGE), sort: "start", order: "asc" });
    if (cursor !== undefined) parameters.set("cursor", cursor);
    const page = await server.list(parameters);
    for (const summary of page.sessions) found.set(summary.id, summary);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return [...found.values()];
}

/** Changes with each delivery that changes the session. */
const stateOf = ({ liveness, spans, logRecords = 0 }: SessionSummary): string =>
  `${liveness.lastArrival}/${spans}/${logRecords}/${liveness.running}`;

/** Readable as far as file systems allow, and different for each session. */
function fileName(id: string): string {
  const hash = createHash("sha256").update(id).digest("hex").slice(0, 12);
  return `${id
    .replaceAll(/[^A-Za-z0-9._-]+/g, "_")
    .replace(/^\.+/, "_")
    .slice(0, 80)}-${hash}.otlp.json.gz`;
}

const exists = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  );
