/** The lines of an export of all sessions: a document of OTLP/JSON each, after a note about the export. */

export type ExportNote =
  /** The first line: names the data. Other data have another name. */
  | { readonly store: string }
  /** Where the export goes on after this line. `deleted`: of this trace earlier lines have only a part, since it was deleted meanwhile. */
  | { readonly cursor: string; readonly deleted?: string }
  /** The last line of an answer that is no whole export: where the export goes on. */
  | { readonly next: string }
  /** The last line of an export. `since`: when an increment to it begins. */
  | { readonly complete: true; readonly since: string };

const HEAD = '{"spanfold":';
const NOTE = /^\{"spanfold":(\{[^{}]*\}),/;
/** Longer than any note. */
const NOTE_BYTES = 500;

export function lineHead(note: ExportNote): string {
  return `${HEAD}${JSON.stringify(note)},"resourceSpans":[`;
}

/** Whether a text is the beginning of such an export. */
export function isExport(start: Uint8Array): boolean {
  return textOf(start).startsWith(HEAD);
}

/** The note of a line; `undefined` of any other text. */
export function noteOf(line: Uint8Array): ExportNote | undefined {
  const [, note] = NOTE.exec(textOf(line)) ?? [];
  // The program wrote it.
  return note === undefined ? undefined : (JSON.parse(note) as ExportNote);
}

const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes.subarray(0, NOTE_BYTES));
