import type { Hono } from "hono";
import { needs } from "../auth/guard.ts";
import type { AppEnv } from "../config.ts";
import { methodNotAllowed } from "../routes/method-not-allowed.ts";
import { serveMcp } from "./serve.ts";

const ENDPOINT = "/mcp";

/** Answers clients of the Model Context Protocol. There is no stream to listen on, and no session to end. */
export function mount(app: Hono<AppEnv>): void {
  app.post(ENDPOINT, needs("read"), serveMcp);
  app.all(ENDPOINT, needs("public"), methodNotAllowed("POST"));
}
