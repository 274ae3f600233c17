import type { Context } from "hono";
import { badRequest } from "./problem.ts";

/** `<generation>.<revision>`: opaque to clients, the `id:` of stream events. */
export type ResourceVersion = { readonly generation: string; readonly revision: number };

export function formatVersion(generation: string, revision: number): string {
  return `${generation}.${revision}`;
}

/** `undefined` for text that is no version. The log itself detects a version of another generation. */
export function parseVersion(text: string): ResourceVersion | undefined {
  const match = /^([0-9a-z]{1,64})\.(\d{1,15})$/.exec(text);
  if (match === null) return undefined;
  return { generation: match[1] ?? "", revision: Number(match[2]) };
}

/** The version from which a stream resumes: `Last-Event-ID` (of a reconnecting client) or `resourceVersion`; without either, the beginning. */
export function resumeFrom(
  c: Context,
):
  | { readonly ok: true; readonly from: ResourceVersion | undefined }
  | { readonly ok: false; readonly response: Response } {
  const text = c.req.header("last-event-id") ?? c.req.query("resourceVersion");
  if (text === undefined || text === "") return { ok: true, from: undefined };
  const from = parseVersion(text);
  if (from !== undefined) return { ok: true, from };
  const detail = "resourceVersion must come from this server, for example the id of a stream event.";
  return { ok: false, response: badRequest(c, detail) };
}
