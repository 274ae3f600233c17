import { bytesOfBase64 } from "../lib/base64.ts";
import { CODE, isObject } from "./json-rpc.ts";
import type { Request, RpcError } from "./json-rpc.ts";

/** The version in which every request states what it speaks, and nothing was agreed before. */
const STATELESS = "2026-07-28";
/** Versions that begin with `initialize`, the newest first. None needs a session. */
export const HANDSHAKE = ["2025-11-25", "2025-06-18", "2025-03-26"] as const;
/** The only one of these whose requests come in batches. It has no header for the version. */
const OLDEST = "2025-03-26";

export type Spoken = "stateless" | "handshake";

const META = "io.modelcontextprotocol/";

/** Which kind of version the request speaks, or the error that answers it, with 400. */
export function judgeVersion(request: Request, headers: Headers): Spoken | RpcError {
  const { method, params } = request;
  const meta = isObject(params["_meta"]) ? params["_meta"] : {};
  const stated = meta[`${META}protocolVersion`];
  const header = headers.get("mcp-protocol-version") ?? undefined;
  if (stated === undefined) {
    if (method === "initialize" || header === undefined || isHandshake(header)) return "handshake";
    if (header !== STATELESS) return unsupported(header);
  }
  if (typeof stated !== "string")
    return { code: CODE.invalidParams, message: `params._meta needs ${META}protocolVersion.` };
  const mismatch = mismatchOf("MCP-Protocol-Version", header, stated);
  if (mismatch !== undefined) return mismatch;
  if (isHandshake(stated)) return "handshake";
  if (stated !== STATELESS) return unsupported(stated);
  if (!isObject(meta[`${META}clientCapabilities`]))
    return { code: CODE.invalidParams, message: `params._meta needs ${META}clientCapabilities.` };
  return (
    mismatchOf("Mcp-Method", headers.get("mcp-method") ?? undefined, method) ??
    (method === "tools/call"
      ? mismatchOf("Mcp-Name", decoded(headers.get("mcp-name") ?? undefined), params["name"])
      : undefined) ??
    "stateless"
  );
}

/** Whether this header allows several messages in one body. */
export function allowsBatches(headers: Headers): boolean {
  return (headers.get("mcp-protocol-version") ?? OLDEST) === OLDEST;
}

/** The version that answers `initialize`: the client's, else the newest that begins so. */
export function agreedVersion(wanted: unknown): string {
  return HANDSHAKE.find((version) => version === wanted) ?? HANDSHAKE[0];
}

export const SUPPORTED = [STATELESS, ...HANDSHAKE];

function isHandshake(version: string): boolean {
  return HANDSHAKE.some((known) => known === version);
}

function unsupported(requested: string): RpcError {
  return {
    code: CODE.unsupportedVersion,
    message: "Unsupported protocol version",
    data: { supported: SUPPORTED, requested },
  };
}

function mismatchOf(name: string, header: string | undefined, body: unknown): RpcError | undefined {
  if (header === body) return undefined;
  const fault = header === undefined ? "is missing" : "differs from the body";
  return { code: CODE.headerMismatch, message: `The header ${name} ${fault}.` };
}

/** A name that no header can carry comes as the Base64 of its UTF-8. */
function decoded(header: string | undefined): string | undefined {
  const base64 = header === undefined ? undefined : /^=\?base64\?([A-Za-z0-9+/=]*)\?=$/.exec(header)?.[1];
  const bytes = base64 === undefined ? undefined : bytesOfBase64(base64);
  return bytes === undefined ? header : new TextDecoder().decode(bytes);
}
