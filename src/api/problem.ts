import type { Context } from "hono";

/** An error of the API (RFC 9457). `detail` is English, for a person, without internals: those go to the log. */
export type Problem = {
  readonly status: 400 | 401 | 403 | 404 | 405 | 406 | 408 | 410 | 413 | 415 | 500 | 503;
  readonly title: string;
  readonly detail: string;
  readonly movedTo?: readonly string[];
  /** Of an import: the position of the error in the file, and the part before it that was imported. */
  readonly position?: number;
  readonly line?: number;
  readonly imported?: object;
  /** In the form that clients of an adapter read. */
  readonly error?: { readonly code: string; readonly message: string; readonly requestId: string };
};

export function problem(
  c: Context,
  { status, title, detail, ...extensions }: Problem,
  headers: Record<string, string> = {},
): Response {
  return c.body(JSON.stringify({ type: "about:blank", status, title, detail, ...extensions }), status, {
    "content-type": "application/problem+json",
    "cache-control": "no-store",
    ...headers,
  });
}

export function notFound(c: Context, resource: string): Response {
  return problem(c, {
    status: 404,
    title: "Not Found",
    detail: `${resource} does not exist or was deleted.`,
  });
}

export function badRequest(c: Context, detail: string): Response {
  return problem(c, { status: 400, title: "Bad Request", detail });
}
