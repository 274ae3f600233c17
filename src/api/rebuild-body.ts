/** The body of `POST /admin/rebuild`. */
import * as v from "valibot";

export const OwnFilesSchema = v.object({
  own: v.pipe(
    v.array(
      v.object({
        object: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/), v.description("Name of the file, without its ending.")),
        log: v.pipe(v.string(), v.maxLength(256), v.description("Id of the log in it.")),
      }),
    ),
    v.description(
      "Files of objects that hold one log alone. Without a body, the objects of sessions that no shard knows are looked for.",
    ),
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
