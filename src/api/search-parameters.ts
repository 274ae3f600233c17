import * as v from "valibot";
import { MAX_SEARCH } from "../session/search/pattern.ts";
import { numberParameter, textParameter } from "./parameter.ts";

const MOST_MATCHES = 1_000;

/** The parameters of a search in a session. */
export const SearchParameters = v.object({
  q: v.pipe(
    textParameter(
      "q",
      (text) => text.trim() !== "" && text.length <= MAX_SEARCH,
      `a text of 1 to ${MAX_SEARCH} characters`,
    ),
    v.description("The text. Case does not count."),
  ),
  limit: v.optional(
    v.pipe(
      numberParameter("limit", {
        pattern: /^\d{1,4}$/,
        least: 1,
        most: MOST_MATCHES,
        expected: "a number from 1 to 1,000",
      }),
      v.description("Spans and log records in the answer; `omitted` counts the others. Default: 100."),
    ),
    "100",
  ),
});
