import { isRecord, nonEmpty, type PlainRecord } from "../lib/plain-data.ts";

/** The imported part of a file. */
export type Imported = {
  readonly spans: number;
  readonly logRecords: number;
  /** Ids of the sessions that contain them. */
  readonly sessions: readonly string[];
  readonly rejected: Rejected | undefined;
};

/** The outcome of an import. */
export type ImportOutcome =
  | ({ readonly outcome: "imported" } & Imported)
  /** `imported`: the part before the fault. */
  | { readonly outcome: "refused"; readonly why: string; readonly imported: Imported | undefined }
  /** Sending the same file again completes the import without duplicates. */
  | { readonly outcome: "busy"; readonly why: string };

export type Rejected = { readonly count: number; readonly reason: string };

export type ImportAnswer = {
  readonly status: number;
  readonly type: string;
  /** The header. If present, a retry helps. */
  readonly retryAfter: string | null;
  readonly text: string;
};

/** Reads the response of `POST /import`. */
export function readImportAnswer({ status, type, retryAfter, text }: ImportAnswer): ImportOutcome {
  const body = /\bjson\b/.test(type) ? parsed(text) : undefined;
  const fields = isRecord(body) ? body : {};
  const imported = importedIn(fields);
  if (status >= 200 && status < 300) {
    if (imported !== undefined) return { outcome: "imported", ...imported };
    return { outcome: "refused", why: "the server answered something else", imported: undefined };
  }
  const detail = nonEmpty(fields["detail"]) ?? nonEmpty(fields["title"]);
  if (status === 503 && retryAfter !== null) return { outcome: "busy", why: detail ?? "the server is busy" };
  const partly = isRecord(fields["imported"]) ? importedIn(fields["imported"]) : undefined;
  return {
    outcome: "refused",
    why: detail ?? `the server answered ${status}`,
    imported: partly === undefined || partly.spans + partly.logRecords === 0 ? undefined : partly,
  };
}

function importedIn({ spans, logRecords, sessions, rejected }: PlainRecord): Imported | undefined {
  if (typeof spans !== "number") return undefined;
  return {
    spans,
    logRecords: countIn(logRecords),
    sessions: Array.isArray(sessions) ? sessions.flatMap((id: unknown) => nonEmpty(id) ?? []) : [],
    rejected: isRecord(rejected) ? rejectedIn(rejected) : undefined,
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const countIn = (value: unknown): number => (typeof value === "number" ? value : 0);

function rejectedIn({ spans, logRecords, reason }: PlainRecord): Rejected | undefined {
  const rejected = { count: countIn(spans) + countIn(logRecords), reason: nonEmpty(reason) ?? "" };
  return rejected.count === 0 && rejected.reason === "" ? undefined : rejected;
}
