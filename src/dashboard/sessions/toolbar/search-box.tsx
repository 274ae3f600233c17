import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../../ui/icons.tsx";
import { keyOf, SEARCH_KEYS } from "../../keymap.ts";
import { usePageKeys } from "../../keys.tsx";
import { go } from "../../address/location.ts";
import type { ListView } from "../../address/list-view.ts";

/** Long enough to type a word, milliseconds. */
const PAUSE = 250;
/** The server accepts no longer search. */
const LONGEST = 256;

/** The search. It is written into the URL when the reader stops typing. */
export function SearchBox({ view }: { view: ListView }) {
  const input = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState(view.search);
  const written = useRef(view.search);
  const timer = useRef<number>(undefined);
  usePageKeys(SEARCH_KEYS, () => {
    input.current?.focus();
    input.current?.select();
  });
  // The URL was changed elsewhere: by Back, or by a button that clears the search.
  useEffect(() => {
    if (view.search === written.current) return;
    written.current = view.search;
    clearTimeout(timer.current);
    setTyped(view.search);
  }, [view.search]);
  useEffect(() => () => clearTimeout(timer.current), []);

  const write = (value: string): void => {
    clearTimeout(timer.current);
    written.current = value.trim() === "" ? "" : value;
    go({ page: "list", view: { ...latest.current, search: written.current } }, "replace");
  };
  // The view may change between a key and the end of the pause.
  const latest = useRef(view);
  latest.current = view;
  const change = (value: string): void => {
    setTyped(value);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => write(value), PAUSE);
  };
  return (
    <label class="filter">
      <Icon name="search" />
      <input
        ref={input}
        type="search"
        placeholder="Search titles, inputs, names and errors"
        aria-label="Search the sessions"
        spellcheck={false}
        autocomplete="off"
        maxLength={LONGEST}
        value={typed}
        onInput={(event) => change(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter") write(typed);
          if (event.key !== "Escape") return;
          if (typed === "") event.currentTarget.blur();
          else {
            setTyped("");
            write("");
          }
        }}
      />
      <kbd>{keyOf(SEARCH_KEYS, "search")}</kbd>
    </label>
  );
}
