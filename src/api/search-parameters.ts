import * as v from "valibot";
import { MAX_SEARCH } from "../session/search/pattern.ts";
import { numberParameter, textParameter } from "./parameter.ts";

const MOST_MATCHES = 1_000;

/** The parameters of a search in a session, documented in `operations.ts`. */
export const SearchParameters = v.object({
  q: textParameter(
    "q",
    (text) => text.trim() !== "" && text.length <= MAX_SEARCH,
    `a text of 1 to ${MAX_SEARCH} characters`,
  ),
  limit: v.optional(
    numberParameter("limit", {
      pattern: /^\d{1,4}$/,
      least: 1,
      most: MOST_MATCHES,
      expected: "a number from 1 to 1,000",
    }),
    "100",
  ),
});
