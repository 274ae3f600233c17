import { Hono } from "hono";
import type { Context } from "hono";
import { latenessText, Pace } from "../../otlp/pace.ts";
import type { Lateness } from "../../otlp/pace.ts";
import { everySecond, PacedStream } from "../../otlp/paced-reader.ts";
import { Batch } from "../../otlp/import/batch.ts";
import { decodePieces } from "../../otlp/import/decode-pieces.ts";
import type { DecodedPieces } from "../../otlp/import/decode-pieces.ts";
import type { RecordGroup, TraceGroup } from "../../otlp/group/trace-group.ts";
import { FileFault, JsonPieces } from "../../otlp/import/json-pieces.ts";
import { pool } from "../../lib/pool.ts";
import { sessionAt } from "../../place.ts";
import type { LogPage } from "../../session/contract/log-page.ts";
import type { AppEnv } from "../../config.ts";
import { methodNotAllowed } from "../method-not-allowed.ts";
import { needs } from "../../auth/guard.ts";
import { badRequest, problem } from "../../api/problem.ts";
import type { Imported } from "../../api/problem-schema.ts";
import { recordExport } from "./recent-exports.ts";
import { files } from "./body-budget.ts";
import type { BodyAccount } from "./body-budget.ts";
import { deliver, exportCallerOf } from "./deliver.ts";
import { Yielder, WORK_PER_DECODING, WORK_PER_PIECE } from "./yielder.ts";
import { openFile } from "./open-file.ts";

/** An invocation may make 10,000 calls: deliveries, then one call per trace to find its session. */
const DELIVERIES = 8_000;
const MAX_SESSIONS_ANSWERED = 1_000;
/** Owners called at once. */
const CALLS_IN_FLIGHT = 20;

/** Imports a file of spans and log records, of any size that the platform accepts: read as it arrives, delivered in pieces. */
export const imports = new Hono<AppEnv>({ strict: false })
  .post("/", needs("write"), async (c) => {
    const { body } = c.req.raw;
    if (body === null) return badRequest(c, "Send a file as the body.");
    const sent = new PacedStream(body, new Pace(), everySecond);
    const account = files.open();
    const run = new Import(c, account);
    try {
      const file = await openFile(sent.bytes, c.req.header("content-encoding") ?? null);
      if (!file.ok) return problem(c, { status: file.status, title: file.title, detail: file.detail });
      await run.read(file.bytes);
      return c.json(await run.answer(), 200, { "cache-control": "no-store" });
    } catch (error) {
      return await fail(c, run, sent.late === undefined ? error : new TooSlow(sent.late));
    } finally {
      await sent.cancel();
      account.close();
      run.record();
    }
  })
  .all("/", needs("public"), methodNotAllowed("POST"));

/** A temporary failure: sending the same file again completes it, without duplicates. */
class TemporaryFailure extends Error {}

/** The file arrives too slowly. */
class TooSlow extends Error {
  constructor(late: Lateness) {
    super(latenessText(late));
  }
}

/** The bytes are not valid gzip, or the connection ended too soon. */
class CutOff extends Error {}

/** The file needs more deliveries than one invocation can make. */
class TooMany extends Error {}

class Import {
  readonly #c: Context<AppEnv>;
  readonly #account: BodyAccount;
  readonly #traceIds = new Set<string>();
  readonly #yielder = new Yielder();
  #spans = 0;
  #records = 0;
  #rejectedSpans = 0;
  #rejectedRecords = 0;
  #reason: string | undefined;
  #deliveries = 0;
  #metrics = 0;

  constructor(c: Context<AppEnv>, account: BodyAccount) {
    this.#c = c;
    this.#account = account;
  }

  async read(bytes: ReadableStream<Uint8Array>): Promise<void> {
    const pieces = new JsonPieces();
    const batch = new Batch();
    const flush = async () => {
      for (const decoded of decodePieces(batch.take())) {
        await this.#take(decoded);
        await this.#yielder.after(WORK_PER_DECODING + decoded.bytes);
      }
    };
    const reader = bytes.getReader();
    try {
      for (;;) {
        const next = await reader.read().catch(() => undefined);
        if (next === undefined) throw new CutOff();
        if (next.done) break;
        for (const piece of pieces.push(next.value)) {
          if (batch.isFullFor(piece)) await flush();
          batch.add(piece);
          await this.#yielder.after(WORK_PER_PIECE);
        }
        this.#metrics = pieces.metrics;
        if (!this.#account.set(pieces.held + batch.bytes)) throw new TemporaryFailure();
        await this.#yielder.after(next.value.length);
      }
      pieces.end();
    } finally {
      // Pieces before a fault are good. The batch is empty if the fault was in this flush.
      await flush();
    }
  }

  /** Counts of everything read so far and on disk. */
  get taken(): Omit<Imported, "sessions"> {
    const reasons = [
      this.#reason,
      this.#metrics === 0 ? undefined : `${this.#metrics} lists of metrics were not stored`,
    ].filter((reason) => reason !== undefined);
    return {
      spans: this.#spans,
      logRecords: this.#records,
      traces: this.#traceIds.size,
      ...(reasons.length === 0
        ? {}
        : {
            rejected: { spans: this.#rejectedSpans, logRecords: this.#rejectedRecords, reason: reasons.join("; ") },
          }),
    };
  }

  async answer(): Promise<Imported> {
    return { ...this.taken, sessions: await this.#sessions() };
  }

  record(): void {
    const accepted = this.#spans + this.#records;
    const rejected = this.#rejectedSpans + this.#rejectedRecords;
    if (accepted + rejected === 0) return;
    recordExport(this.#c, {
      at: Date.now(),
      signal: this.#spans + this.#rejectedSpans > 0 ? "traces" : "logs",
      encoding: "json",
      accepted,
      rejected,
      ...(this.#reason === undefined ? {} : { reason: this.#reason }),
    });
  }

  async #take({ groups, spans, records, rejected }: DecodedPieces): Promise<void> {
    this.#deliveries += groups.length;
    if (this.#deliveries > DELIVERIES) throw new TooMany();
    const delivered = await deliver(this.#c.env, exportCallerOf(this.#c), groups.map(asImported));
    if (delivered.retry) throw new TemporaryFailure();
    for (const { traceId } of groups) this.#traceIds.add(traceId);
    const refused = rejected.count + delivered.rejected;
    this.#reason ??= rejected.reason ?? delivered.reason;
    const isLogs = records > 0 || groups.some(({ kind }) => kind === "logs");
    if (isLogs) {
      this.#records += records - delivered.rejected;
      this.#rejectedRecords += refused;
    } else {
      this.#spans += spans - delivered.rejected;
      this.#rejectedSpans += refused;
    }
  }

  /** The sessions that hold the traces now, read from the traces' owners. */
  async #sessions(): Promise<string[]> {
    const { env, var: variables } = this.#c;
    const sessions = new Set<string>();
    const traceIds = Array.from(this.#traceIds).slice(0, MAX_SESSIONS_ANSWERED);
    await pool(traceIds, CALLS_IN_FLIGHT, async (traceId) => {
      const page: LogPage = await sessionAt(env, variables.principal.tenant, traceId).peek("trace");
      if (page.state === "present") sessions.add(page.session ?? traceId);
    });
    return Array.from(sessions).toSorted();
  }
}

function asImported<Group extends TraceGroup | RecordGroup>(group: Group): Group {
  return { ...group, receipt: { ...group.receipt, isImported: true } };
}

async function fail(c: Context<AppEnv>, run: Import, error: unknown): Promise<Response> {
  if (error instanceof TemporaryFailure) return busy(c, run);
  const imported = await run.answer().catch(() => run.taken);
  if (error instanceof FileFault) {
    const { position, line } = error;
    const detail = `${error.message}, at line ${line}, byte ${position}. ${importedText(run)}`;
    return problem(c, { status: 400, title: "Bad Request", detail, position, line, imported });
  }
  if (error instanceof TooMany) {
    const detail = `The file needs more than ${DELIVERIES} deliveries, at least one for each trace: the limit of one import. ${importedText(run)} Send the rest in files of its own.`;
    return problem(c, { status: 413, title: "Content Too Large", detail, imported });
  }
  if (error instanceof TooSlow) {
    return problem(c, {
      status: 408,
      title: "Request Timeout",
      detail: `The file ${error.message}. ${importedText(run)}`,
      imported,
    });
  }
  if (error instanceof CutOff) {
    const detail = `The file could not be read to its end: it is cut off, or its compression is corrupt. ${importedText(run)}`;
    return problem(c, { status: 400, title: "Bad Request", detail, imported });
  }
  throw error;
}

function busy(c: Context<AppEnv>, run: Import): Response {
  const detail = `Part of the file could not be stored now. Send the same file again: nothing is stored twice. ${importedText(run)}`;
  return problem(c, { status: 503, title: "Service Unavailable", detail, imported: run.taken }, { "retry-after": "1" });
}

function importedText(run: Import): string {
  const { spans, logRecords } = run.taken;
  if (spans + logRecords === 0) return "Nothing was imported.";
  return `Imported before it: ${spans} spans and ${logRecords} log records.`;
}
