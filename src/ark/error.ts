import type { Context } from "hono";
import type { ErrorForm } from "../auth/guard.ts";
import type { AppEnv } from "../config.ts";
import { problem } from "../api/problem.ts";
import type { Problem } from "../api/problem.ts";

/** Error codes of Ark's broker, by status. */
const CODES = {
  400: "VALIDATION_ERROR",
  401: "UNAUTHORIZED",
  403: "FORBIDDEN",
  404: "NOT_FOUND",
  408: "REQUEST_TIMEOUT",
  413: "PAYLOAD_TOO_LARGE",
  500: "INTERNAL_ERROR",
  503: "UNAVAILABLE",
} as const;

type Refused = keyof typeof CODES;

/**
 * An error of Ark's routes: a problem as everywhere here, with an `error` in the shape of Ark's own broker. The request's id
 * is the caller's, if it sent one.
 */
export function arkError(
  c: Context<AppEnv>,
  { title, detail, status }: Problem & { readonly status: Refused },
  code: string = CODES[status],
  headers: Record<string, string> = {},
  requestId = c.req.header("x-request-id") ?? crypto.randomUUID(),
): Response {
  const error = { code, message: detail, requestId };
  return problem(c, { status, title, detail, error }, headers);
}

export function wrongPage(c: Context<AppEnv>, detail: string): Response {
  return arkError(c, { status: 400, title: "Bad Request", detail }, "PAGINATION_ERROR");
}

export function invalid(c: Context<AppEnv>, detail: string): Response {
  return arkError(c, { status: 400, title: "Bad Request", detail });
}

export function noSuch(c: Context<AppEnv>, subject: string): Response {
  return arkError(c, { status: 404, title: "Not Found", detail: `${subject} not found` });
}

/** Refusals under the base path. */
export const arkErrors: ErrorForm = {
  matches: (path) => /^\/ark(?:\/|$)/.test(path),
  write: (c, { headers, reference, ...refusal }) => arkError(c, refusal, CODES[refusal.status], headers, reference),
};
