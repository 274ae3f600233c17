/** The body of `POST /admin/rebuild`. */
import * as v from "valibot";

/** What it says is described beside the route: the Worker has no use for the texts. */
export const OwnFilesSchema = v.object({
  own: v.array(
    v.object({
      object: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
      log: v.pipe(v.string(), v.maxLength(256)),
    }),
  ),
});

export type OwnFile = v.InferOutput<typeof OwnFilesSchema>["own"][number];

export function readOwnFiles(
  given: unknown,
): { readonly ok: true; readonly value: readonly OwnFile[] } | { readonly ok: false; readonly detail: string } {
  const read = v.safeParse(OwnFilesSchema, given);
  if (read.success) return { ok: true, value: read.output.own };
  return { ok: false, detail: "The body must be { own: [{ object, log }] }, with names of files and ids of logs." };
}
