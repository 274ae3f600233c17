import type { Context } from "hono";

/** An error of the API, as RFC 9457. `detail` is English, for a person; what only the log should know stays out. */
export type Problem = {
  readonly status: 400 | 401 | 403 | 404 | 405 | 406 | 408 | 413 | 415 | 500 | 503;
  readonly title: string;
  readonly detail: string;
  readonly movedTo?: readonly string[];
  /** Of an import: where the file is wrong, and what was kept of it. */
  readonly position?: number;
  readonly line?: number;
  readonly imported?: object;
  /** As Ark's broker says it. */
  readonly error?: { readonly code: string; readonly message: string; readonly requestId: string };
};

export function problem(
  c: Context,
  { status, title, detail, ...more }: Problem,
  headers: Record<string, string> = {},
): Response {
  return c.body(JSON.stringify({ type: "about:blank", status, title, detail, ...more }), status, {
    "content-type": "application/problem+json",
    "cache-control": "no-store",
    ...headers,
  });
}

export function notFound(c: Context, what: string): Response {
  return problem(c, {
    status: 404,
    title: "Not Found",
    detail: `${what} is not here: it never was, or it was forgotten.`,
  });
}

export function badRequest(c: Context, detail: string): Response {
  return problem(c, { status: 400, title: "Bad Request", detail });
}
