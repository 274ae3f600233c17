import * as v from "valibot";
import { oneOf } from "./parameter.ts";

/** The parameters of a query's route, documented in `operations.ts`. Apart from the answers' schemas, which the Worker does not load. */
export const QueryParameters = v.object({
  for: v.optional(oneOf("for", ["restart", "resume"]), "restart"),
  name: v.exactOptional(v.string()),
});
