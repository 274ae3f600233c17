import { createHash } from "node:crypto";
import type { Bindings } from "./config.ts";

/** Longest session name, in UTF-8 bytes, that is used as id. Object names and URLs stay readable and bounded. */
export const SESSION_NAME_BYTES = 256;

/**
 * The id of a session name in storage, lists and URLs: the name itself, or `~` + SHA-256 of a name that is too long, that a URL
 * would resolve (`.`, `..`), or that looks like such an id.
 */
export function sessionIdOf(name: string): string {
  const short = name.length <= SESSION_NAME_BYTES && new TextEncoder().encode(name).length <= SESSION_NAME_BYTES;
  if (short && name !== "." && name !== ".." && !name.startsWith("~")) return name;
  return `~${createHash("sha256").update(name).digest("hex")}`;
}

/** The id of a session in a URL. The URL may contain the id, or the session's name as its spans carry it, of any length. */
export function sessionIdIn(text: string): string {
  return /^~[0-9a-f]{64}$/.test(text) ? text : sessionIdOf(text);
}

/** The stub of the object of a session, or of the owner of a trace: `id` is a session id or a trace id. */
export function sessionAt(env: Bindings, tenant: string, id: string) {
  return env.SESSIONS.getByName(`${tenant}/${id}`);
}

/** The tenant of an object: the beginning of its name. */
export function tenantOf({ name = "" }: DurableObjectId): string {
  const end = name.indexOf("/");
  if (end <= 0) throw new Error("this object has no name, so its tenant is unknown");
  return name.slice(0, end);
}

/** The stub of the tenant's list of sessions. */
export function directoryOf(env: Bindings, tenant: string) {
  return env.DIRECTORY.getByName(`${tenant}/directory`);
}
