import { Hono } from "hono";
import type { Handler } from "hono";
import { problem } from "../api/problem.ts";
import { needs } from "../auth/guard.ts";
import type { AppEnv } from "../config.ts";
import { brokerSessions } from "./broker-sessions.ts";
import { noSuch } from "./error.ts";
import { events } from "./events.ts";
import { traces } from "./traces.ts";

/** The base path of Ark's routes: the `path` of its `serviceRef`. */
const BASE = "/ark";

/** Answers the clients of Ark's broker under the base path. Ark's former paths name the new ones. */
export function mount(app: Hono<AppEnv>): void {
  const ark = new Hono<AppEnv>({ strict: false });
  // Ark checks its broker by these two. Without them its dashboard reports the broker as down.
  ark.on("GET", ["/health", "/readyz"], needs("public"), (c) => c.text("OK"));
  ark.route("/traces", traces);
  ark.route("/events", events);
  ark.route("/broker/sessions", brokerSessions);
  ark.all("/*", needs("public"), (c) => noSuch(c, c.req.path));
  app.route(BASE, ark);
  for (const path of ["/traces", "/events", "/events/*", "/broker/sessions", "/broker/sessions/*"])
    app.all(path, needs("public"), movedHere);
}

const movedHere: Handler<AppEnv> = (c) =>
  problem(c, {
    status: 404,
    title: "Not Found",
    detail: `The routes of Ark's broker have the base path ${BASE}: use ${BASE}${c.req.path}. Sessions are at /sessions.`,
  });
