import type { Context } from "hono";
import * as v from "valibot";
import { STEP_KINDS } from "../session/transcript/transcript.ts";
import type { StepKind } from "../session/transcript/transcript.ts";
import { numberParameter, readParameters, textParameter } from "./parameter.ts";
import { parseVersion } from "./resource-version.ts";

/** Bytes of an answer: what a model reads at once. */
const MAX_DEFAULT = "200000";
/** Less has no room for the head and one step. */
const LEAST = 2_000;
/** Bytes of the largest answer, of a transcript or of a tool for models. */
export const LARGEST_ANSWER = 2_000_000;

/** Words of other parts of the API for kinds of steps. */
const OTHER_KINDS: ReadonlyMap<string, readonly StepKind[]> = new Map([["llm", ["text", "reasoning"]]]);

/** The words of `kinds`. */
export const KIND_WORDS: readonly string[] = [...STEP_KINDS, ...OTHER_KINDS.keys()];

/** The parameters of a session's transcript, documented in `operations.ts`. */
export const TranscriptParameters = v.object({
  format: v.exactOptional(v.literal("markdown", "format must be markdown")),
  turn: v.exactOptional(
    textParameter(
      "turn",
      (text) => /^[1-9]\d{0,6}$/.test(text) || /^[0-9a-f]{32}:[0-9a-f]{0,16}/.test(text),
      "a turn's key, or its number from 1",
    ),
  ),
  kinds: v.exactOptional(
    textParameter(
      "kinds",
      (text) => text.split(",").every((word) => KIND_WORDS.includes(word)),
      `one or more of ${KIND_WORDS.join(", ")}, separated by commas`,
    ),
  ),
  since: v.exactOptional(
    textParameter(
      "since",
      (text) => parseVersion(text) !== undefined,
      "a resourceVersion of this server, as a transcript states it",
    ),
  ),
  max: v.optional(
    numberParameter("max", {
      pattern: /^\d{1,7}$/,
      least: LEAST,
      most: LARGEST_ANSWER,
      expected: `a number of bytes from ${LEAST} to ${LARGEST_ANSWER}`,
    }),
    MAX_DEFAULT,
  ),
});

export type TranscriptQuery = {
  readonly turn?: string;
  readonly kinds?: ReadonlySet<StepKind>;
  readonly since?: { readonly generation: string; readonly revision: number };
  /** UTF-8 bytes. */
  readonly max: number;
};

export function readTranscriptQuery(
  params: URLSearchParams,
): { readonly ok: true; readonly query: TranscriptQuery } | { readonly ok: false; readonly detail: string } {
  const read = readParameters(TranscriptParameters, params);
  if (!read.ok) return read;
  const { turn, kinds, since, max } = read.value;
  const version = since === undefined ? undefined : parseVersion(since);
  return {
    ok: true,
    query: {
      max,
      ...(turn === undefined ? {} : { turn }),
      ...(kinds === undefined ? {} : { kinds: kindsIn(kinds) }),
      ...(version === undefined ? {} : { since: version }),
    },
  };
}

function kindsIn(text: string): ReadonlySet<StepKind> {
  const words = new Set(text.split(","));
  const others = Array.from(OTHER_KINDS).flatMap(([word, kinds]) => (words.has(word) ? kinds : []));
  return new Set([...STEP_KINDS.filter((kind) => words.has(kind)), ...others]);
}

/** `?format=` beats `Accept`; a stream that is asked for by `?watch=` beats both. Of Markdown and HTML the first in `Accept` counts. */
export function asksForTranscript(c: Context): boolean {
  if (c.req.query("watch") === "true") return false;
  if (c.req.query("format") !== undefined) return true;
  const accept = c.req.header("accept") ?? "";
  const [markdown, html] = [accept.indexOf("text/markdown"), accept.indexOf("text/html")];
  return markdown >= 0 && (html < 0 || markdown < html) && !accept.includes("text/event-stream");
}
