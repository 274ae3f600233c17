/** Messages of JSON-RPC 2.0, as the Model Context Protocol uses them. */

export type Id = string | number;
export type Params = Readonly<Record<string, unknown>>;

export type Request = { readonly kind: "request"; readonly id: Id; readonly method: string; readonly params: Params };

export type Message =
  | Request
  | { readonly kind: "notification" }
  /** An answer to a request of the server, which sends none. */
  | { readonly kind: "response" }
  | { readonly kind: "malformed"; readonly id?: Id; readonly fault: string };

export type RpcError = { readonly code: number; readonly message: string; readonly data?: unknown };

/** Codes of JSON-RPC, and of the protocol's version 2026-07-28 from -32020 on. */
export const CODE = {
  parse: -32_700,
  invalidRequest: -32_600,
  methodNotFound: -32_601,
  invalidParams: -32_602,
  internal: -32_603,
  headerMismatch: -32_020,
  unsupportedVersion: -32_022,
} as const;

export function readMessage(value: unknown): Message {
  if (!isObject(value) || value["jsonrpc"] !== "2.0")
    return { kind: "malformed", fault: 'A message is an object with "jsonrpc": "2.0".' };
  const { id, method, params = {} } = value;
  if (method === undefined && ("result" in value || "error" in value)) return { kind: "response" };
  // Without an id that can be answered, the answer has none.
  const known = isId(id) ? { id } : {};
  if (typeof method !== "string") return { kind: "malformed", ...known, fault: "method must be a text." };
  if (!isObject(params)) return { kind: "malformed", ...known, fault: "params must be an object." };
  if (!("id" in value)) return { kind: "notification" };
  if (!isId(id)) return { kind: "malformed", fault: "id must be a text or a whole number." };
  return { kind: "request", id, method, params };
}

export function resultOf(id: Id, result: object): object {
  return { jsonrpc: "2.0", id, result };
}

export function errorOf(id: Id | undefined, error: RpcError): object {
  return { jsonrpc: "2.0", ...(id === undefined ? {} : { id }), error };
}

export function isObject(value: unknown): value is Params {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isId(value: unknown): value is Id {
  return typeof value === "string" || Number.isSafeInteger(value);
}
