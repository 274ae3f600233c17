/** The answer of `POST /admin/rebuild`. */
import * as v from "valibot";
import { count } from "./otlp-schema.ts";

export const RebuiltSchema = v.object({
  logs: v.pipe(count, v.description("Logs of sessions and traces that the shards hold.")),
  damaged: v.pipe(count, v.description("Sessions of the list that no shard knows: they are listed as damaged now.")),
  adopted: v.pipe(
    count,
    v.description("Logs in objects of their own whose shard had lost its file: it knows of them again."),
  ),
  unanswered: v.pipe(count, v.description("Objects of such logs that failed. Their logs are found by a later call.")),
});

export type RebuiltAnswer = v.InferOutput<typeof RebuiltSchema>;

export const REBUILT_COMPONENTS = { Rebuilt: RebuiltSchema };
