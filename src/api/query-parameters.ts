import * as v from "valibot";
import { oneOf } from "./parameter.ts";

/** The parameters of a query's route. Apart from the answers' schemas, which the Worker does not load. */
export const QueryParameters = v.object({
  for: v.pipe(
    v.optional(oneOf("for", ["restart", "resume"]), "restart"),
    v.description("`resume` adds messages, results and unanswered calls."),
  ),
  name: v.exactOptional(
    v.pipe(v.string(), v.description("Name of the object in the manifest. Default: the query's name.")),
  ),
});
