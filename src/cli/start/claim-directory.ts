import { once } from "node:events";
import { readdirSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import type { Server } from "node:net";
import { join } from "node:path";
import type * as Sqlite from "node:sqlite";
import type { DatabaseSync } from "node:sqlite";

const SQLITE_BUSY = 5;

/** Keeps what holds a claim from being collected, which would release it. */
const held: (DatabaseSync | Server)[] = [];

/**
 * Claims a data directory for this process until it ends: two runtimes would write to the same databases.
 *
 * A claim is the lock of an empty database and a socket that listens. The system gives each to exactly one of several processes,
 * whichever path they use, and releases it when that process ends, even by SIGKILL. Before version 22.13, Node has no SQLite: there
 * the socket is the claim. Where the file system has no sockets, the database is. Answers whether the directory was free. Throws
 * if the directory is missing or can hold neither.
 */
export async function claimDirectory(directory: string): Promise<boolean> {
  const sqlite = process.getBuiltinModule?.("node:sqlite");
  if (sqlite === undefined) return await claimBySocket(directory);
  if (!claimByDatabase(sqlite, join(directory, "claim.sqlite"))) return false;
  try {
    return await claimBySocket(directory);
  } catch {
    return true;
  }
}

function claimByDatabase(sqlite: typeof Sqlite, file: string): boolean {
  let database: DatabaseSync | undefined;
  try {
    database = new sqlite.DatabaseSync(file);
    database.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    database?.close();
    if ((error as { readonly errcode?: number }).errcode === SQLITE_BUSY) return false;
    throw new Error(`${file}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  held.push(database);
  return true;
}

/**
 * The socket of a process that was killed stays as a file at which nothing listens, and removing it would be a race. So each claim
 * has the next number: making its socket is the system's decision between several processes. A socket listens a moment after it was
 * made, so one that begins in that moment takes the number after it: each of the two then sees the other, and at most one goes on.
 */
export async function claimBySocket(directory: string): Promise<boolean> {
  const before = numbersIn(directory);
  for (const number of before) if (await isLive(directory, number)) return false;
  const own = Math.max(0, ...before) + 1;
  const server = createServer().unref();
  try {
    await once(server.listen(socketAt(directory, own)), "listening");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EADDRINUSE") return false;
    throw error;
  }
  for (const number of numbersIn(directory)) {
    if (number < own ? await isLive(directory, number) : number > own) {
      server.close();
      return false;
    }
  }
  for (const number of before) rmSync(socketAt(directory, number), { force: true });
  held.push(server);
  return true;
}

function socketAt(directory: string, number: number): string {
  return join(directory, `claim-${number}.socket`);
}

function numbersIn(directory: string): number[] {
  return readdirSync(directory).flatMap((name) => {
    const number = /^claim-(\d{1,15})\.socket$/.exec(name)?.[1];
    return number === undefined ? [] : [Number(number)];
  });
}

/** A socket that this user may not reach belongs to another user. */
async function isLive(directory: string, number: number): Promise<boolean> {
  const socket = connect(socketAt(directory, number));
  try {
    await once(socket, "connect");
    return true;
  } catch (error) {
    return !["ECONNREFUSED", "ENOENT"].includes((error as NodeJS.ErrnoException).code ?? "");
  } finally {
    socket.destroy();
  }
}
