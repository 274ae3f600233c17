import { createHash } from "node:crypto";
import type { Bindings } from "./config.ts";

/** Longest session name, in UTF-8 bytes, that is its own id. Object names and URLs stay readable and bounded. */
export const SESSION_NAME_BYTES = 256;

/**
 * The id under which a session name is stored, listed and addressed: the name itself, or `~` + SHA-256 where the name is too
 * long, would be resolved away in a URL (`.`, `..`), or could be taken for such an id.
 */
export function sessionIdOf(name: string): string {
  const short = name.length <= SESSION_NAME_BYTES && new TextEncoder().encode(name).length <= SESSION_NAME_BYTES;
  if (short && name !== "." && name !== ".." && !name.startsWith("~")) return name;
  return `~${createHash("sha256").update(name).digest("hex")}`;
}

/** The id that a URL names: such an id itself, or a session's name as its spans carry it, however long. */
export function sessionIdIn(text: string): string {
  return /^~[0-9a-f]{64}$/.test(text) ? text : sessionIdOf(text);
}

/** The stub of the object that holds a session, or is the home of a trace: `id` is a session id or a trace id. */
export function sessionAt(env: Bindings, tenant: string, id: string) {
  return env.SESSIONS.getByName(`${tenant}/${id}`);
}

/** The tenant of the object that has this id, which its name begins with. */
export function tenantOf({ name = "" }: DurableObjectId): string {
  const end = name.indexOf("/");
  if (end <= 0) throw new Error("this object has no name, so that its tenant is unknown");
  return name.slice(0, end);
}

/** The stub of the tenant's list of sessions. */
export function directoryOf(env: Bindings, tenant: string) {
  return env.DIRECTORY.getByName(`${tenant}/directory`);
}
