import type { Context } from "hono";
import { encodingOf } from "../otlp/media-type.ts";
import type { AppEnv } from "../config.ts";
import { problem } from "../api/problem.ts";
import { answer } from "./receive/answer.ts";

/** Answers the other methods of a resource with 405. A misdirected export gets the receiver's path instead. */
export function methodNotAllowed(...allowed: readonly string[]): (c: Context<AppEnv>) => Response {
  const allow = allowed.join(", ");
  return (c) => {
    if (isExport(c)) return answer(c, "traces", { outcome: "wrong-path" });
    const detail = `${c.req.method} is not allowed here. Allowed: ${allow}.`;
    return problem(c, { status: 405, title: "Method Not Allowed", detail }, { allow });
  };
}

/** A POST in one of OTLP's encodings. */
export function isExport(c: Context<AppEnv>): boolean {
  return c.req.method === "POST" && encodingOf(c.req.header("content-type") ?? null) !== undefined;
}
