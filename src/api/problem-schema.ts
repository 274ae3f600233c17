/** Errors, and the answer of an import, which an error may contain. */
import * as v from "valibot";
import type { Problem } from "./problem.ts";
import { count, text } from "./otlp-schema.ts";

const imported = {
  spans: count,
  logRecords: count,
  traces: count,
  rejected: v.exactOptional(v.object({ spans: count, logRecords: count, reason: text })),
};

export const ImportedSchema = v.object({
  ...imported,
  sessions: v.pipe(v.array(text), v.description("Ids of the sessions of the first 1,000 traces.")),
});

export type Imported = v.InferOutput<typeof ImportedSchema>;

const STATUSES = [400, 401, 403, 404, 405, 406, 408, 410, 413, 415, 500, 503] as const;

export const ProblemSchema = v.pipe(
  v.object({
    type: v.literal("about:blank"),
    status: v.picklist(STATUSES),
    title: text,
    detail: v.pipe(text, v.description("For a person.")),
    movedTo: v.exactOptional(v.array(text)),
    position: v.exactOptional(v.pipe(count, v.description("Of an import: where in the file the fault is."))),
    line: v.exactOptional(count),
    imported: v.exactOptional(
      v.pipe(
        v.object({ ...imported, sessions: v.exactOptional(v.array(text)) }),
        v.description("Of an import: the part before the fault, which stays imported."),
      ),
    ),
    error: v.exactOptional(
      v.pipe(
        v.object({ code: text, message: text, requestId: text }),
        v.description("Only of an adapter's routes: the form that its clients read."),
      ),
    ),
  }),
  v.description("RFC 9457"),
) satisfies v.GenericSchema<Problem>;

export const PROBLEM_COMPONENTS = { Problem: ProblemSchema, Imported: ImportedSchema };
