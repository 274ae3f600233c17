import { Hono } from "hono";
import { ExportParameters, readExportCursor } from "../api/export-parameters.ts";
import { readMoment } from "../api/moment.ts";
import { readParameters } from "../api/parameter.ts";
import { badRequest, problem } from "../api/problem.ts";
import { needs } from "../auth/guard.ts";
import type { AppEnv } from "../config.ts";
import { callerOf, directoryOf, shardsOf } from "../place.ts";
import { methodNotAllowed } from "./method-not-allowed.ts";
import { TenantExport } from "./read/tenant-export.ts";

/** All sessions, to move or to back up. */
export const tenantExport = new Hono<AppEnv>({ strict: false })
  .get("/", needs("read"), async (c) => {
    const now = Date.now();
    const read = readParameters(ExportParameters, new URL(c.req.url).searchParams);
    if (!read.ok) return badRequest(c, read.detail);
    const caller = callerOf(c);
    const { generation: store } = await directoryOf(c.env, caller).reports(undefined, 1);
    const from = readExportCursor(read.value.from ?? "");
    if (from !== undefined && from.store !== store) {
      const detail = "This place is one in an export of other data. Begin anew, without from.";
      return problem(c, { status: 410, title: "Gone", detail });
    }
    const shards = await shardsOf(c.env, caller);
    const lines = new TenantExport(
      { env: c.env, caller, shards },
      from ?? { store, began: now, shard: 0, traceId: "" },
      readMoment(read.value.since ?? "", now) ?? 0,
    );
    const day = new Date(now).toISOString().slice(0, 10);
    return new Response(lines.stream(), {
      headers: {
        "content-type": "application/x-ndjson",
        "content-disposition": `attachment; filename="spanfold-${day}.otlp.jsonl"`,
        "cache-control": "no-store",
      },
    });
  })
  .all("/", needs("public"), methodNotAllowed("GET"));
