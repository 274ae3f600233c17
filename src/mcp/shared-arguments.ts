import * as v from "valibot";
import { readParameters, textParameter } from "../api/parameter.ts";
import { TranscriptParameters } from "../api/transcript-query.ts";
import { LATEST } from "../lib/session-page.ts";
import { USUAL_MAX } from "./answer.ts";
import type { Argument } from "./arguments.ts";

const LONGEST = 1_000;

const SessionParameter = v.object({
  session: textParameter("session", (text) => text !== "" && text.length <= LONGEST, "an id from find_sessions"),
});

export const SESSION: Argument = {
  schema: SessionParameter.entries.session,
  description: `Id, name or page address of the session, or ${LATEST}.`,
  isRequired: true,
};

export function readSessionName(params: URLSearchParams) {
  return readParameters(SessionParameter, params);
}

/** Of every tool whose answers can be long. */
export const MAX: Argument = {
  schema: TranscriptParameters.entries.max,
  description: "Most bytes of the answer.",
  fallback: String(USUAL_MAX),
};

const MaxParameter = v.object({ max: TranscriptParameters.entries.max });

/** The bytes of the answer. */
export function readMax(params: URLSearchParams): { ok: true; value: number } | { ok: false; detail: string } {
  if (!params.has("max")) return { ok: true, value: USUAL_MAX };
  const read = readParameters(MaxParameter, params);
  return read.ok ? { ok: true, value: read.value.max } : { ok: false, detail: read.detail };
}
