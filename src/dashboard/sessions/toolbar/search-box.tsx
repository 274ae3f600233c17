import { go } from "../../address/location.ts";
import type { ListView } from "../../address/list-view.ts";
import { SearchField } from "../../ui/search-field.tsx";

/** The server accepts no longer search. */
const LONGEST = 256;

/** The search of the list. It is written into the URL when the reader stops typing. */
export const SearchBox = ({ view }: { view: ListView }) => (
  <SearchField
    label="Search the sessions"
    placeholder="Search titles, inputs, names and errors"
    text={view.search}
    onText={(search) => go({ page: "list", view: { ...view, search } }, "replace")}
    longest={LONGEST}
  />
);
