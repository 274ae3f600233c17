import { isRecord, nonEmpty } from "../../trace/content/plain-data.ts";

/** What came of a file. */
export type ImportOutcome =
  | {
      readonly outcome: "taken";
      readonly spans: number;
      readonly logRecords: number;
      /** Ids of the sessions that show them now. */
      readonly sessions: readonly string[];
      readonly traces: number;
      readonly rejected: Rejected | undefined;
    }
  | { readonly outcome: "refused"; readonly why: string; readonly line: number | undefined };

export type Rejected = { readonly count: number; readonly reason: string };

export type ImportAnswer = { readonly status: number; readonly type: string; readonly text: string };

/** Reads what `POST /import` answers. */
export function readImportAnswer({ status, type, text }: ImportAnswer): ImportOutcome {
  const body = /\bjson\b/.test(type) ? parsed(text) : undefined;
  if (status >= 200 && status < 300 && isRecord(body) && typeof body["spans"] === "number") {
    return {
      outcome: "taken",
      spans: body["spans"],
      logRecords: countIn(body["logRecords"]),
      sessions: idsIn(body["sessions"]),
      traces: countIn(body["traces"]),
      rejected: rejectedIn(body["rejected"]),
    };
  }
  const detail = isRecord(body) ? (nonEmpty(body["detail"]) ?? nonEmpty(body["title"])) : undefined;
  const line = isRecord(body) && typeof body["line"] === "number" ? body["line"] : undefined;
  if (status >= 200 && status < 300) return { outcome: "refused", why: "the server answered something else", line };
  if (status === 404 || status === 405) {
    return { outcome: "refused", why: detail ?? "this server takes no files", line };
  }
  return { outcome: "refused", why: detail ?? `the server answered ${status}`, line };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A number, or as many as are listed. */
const countIn = (value: unknown): number =>
  typeof value === "number" ? value : Array.isArray(value) ? value.length : 0;

function idsIn(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((item: unknown) => {
    const id = nonEmpty(isRecord(item) ? item["id"] : item);
    return id === undefined ? [] : [id];
  });
}

function rejectedIn(value: unknown): Rejected | undefined {
  if (typeof value === "number") return value === 0 ? undefined : { count: value, reason: "" };
  if (!isRecord(value)) return undefined;
  const rejected = countIn(value["spans"]) + countIn(value["logRecords"]);
  const reason = nonEmpty(value["reason"]) ?? nonEmpty(value["errorMessage"]) ?? "";
  return rejected === 0 && reason === "" ? undefined : { count: rejected, reason };
}

/** By the file's name: how it is sent. What it holds the server finds out. */
export function mediaOf(name: string): { readonly type: string; readonly encoding: "gzip" | undefined } {
  const isGzip = /\.gz$/i.test(name);
  const isLines = /\.(jsonl|ndjson)(\.gz)?$/i.test(name);
  return { type: isLines ? "application/x-ndjson" : "application/json", encoding: isGzip ? "gzip" : undefined };
}
