import * as v from "valibot";
import { numberParameter } from "./parameter.ts";

const MOST_BYTES = 1_000_000_000;
const MOST_KIND = 2 ** 32 - 1;

/** The parameters of a span's route, documented in `operations.ts`. Apart from the answers' schemas, which the Worker does not load. */
export const SpanParameters = v.object({
  otlpKind: v.exactOptional(
    numberParameter("otlpKind", { pattern: /^\d{1,10}$/, least: 0, most: MOST_KIND, expected: "a number such as 3" }),
  ),
  max: v.exactOptional(
    numberParameter("max", {
      pattern: /^\d{1,10}$/,
      least: 0,
      most: MOST_BYTES,
      expected: "a number of bytes up to 1,000,000,000",
    }),
  ),
});
