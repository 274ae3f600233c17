import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { MAX_SEARCH } from "../../../session/search/pattern.ts";
import { count } from "../../../lib/figures.ts";
import { keyOf, SEARCH_KEYS, HIT_KEYS } from "../../keymap.ts";
import { usePageKeys } from "../../keys.tsx";
import { Icon } from "../../ui/icons.tsx";
import type { DisplayedSession } from "../display-fold.ts";
import type { Search } from "../reading-props.ts";
import { useSearch } from "./use-search.ts";
import "./search.css";

export type SearchBoxProps = {
  readonly sessionId: string;
  readonly displayed: DisplayedSession;
  /** The search in the URL. */
  readonly text: string;
  readonly onText: (text: string) => void;
  /** What `onFound` was last given: `onHit` goes through it. */
  readonly found: Search;
  readonly onFound: (search: Search) => void;
  readonly cursor: string | undefined;
  readonly onHit: (move: "nextHit" | "previousHit") => void;
};

/** Long enough to type a word, milliseconds. */
const PAUSE = 150;

/** Searches names, messages, arguments, results and errors of the session, in all readings. */
export function SearchBox({ sessionId, displayed, text, onText, found, onFound, cursor, onHit }: SearchBoxProps) {
  const input = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState(text);
  const written = useRef(text);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  usePageKeys(SEARCH_KEYS, () => {
    input.current?.focus();
    input.current?.select();
  });
  // The URL was changed elsewhere: by Back, or by a reading.
  useEffect(() => {
    if (text === written.current) return;
    written.current = text;
    clearTimeout(timer.current);
    setTyped(text);
  }, [text]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const latest = useRef(onText);
  latest.current = onText;
  const write = (value: string): void => {
    clearTimeout(timer.current);
    written.current = value.trim() === "" ? "" : value;
    latest.current(written.current);
  };
  /** Enter was pressed before its text was searched: the first hit is gone to when there is one. */
  const wanted = useRef<"nextHit" | "previousHit">(undefined);
  const change = (value: string): void => {
    wanted.current = undefined;
    setTyped(value);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => write(value), PAUSE);
  };

  const { search, state } = useSearch(text, displayed, sessionId);
  useEffect(() => onFound(search), [search]);
  const hits = useMemo(() => {
    const { matches } = search;
    return matches === undefined ? [] : displayed.tree.rows.filter(({ key }) => matches.has(key)).map(({ key }) => key);
  }, [search, displayed.tree]);
  useEffect(() => {
    if (wanted.current === undefined || found !== search || search.text !== written.current || hits.length === 0)
      return;
    const move = wanted.current;
    wanted.current = undefined;
    onHit(move);
  });
  const at = cursor === undefined ? -1 : hits.indexOf(cursor);

  return (
    <span class="session-search" role="search">
      <label class="filter">
        <Icon name="search" />
        <input
          ref={input}
          type="search"
          placeholder="Search in this session"
          aria-label="Search in this session"
          spellcheck={false}
          autocomplete="off"
          maxLength={MAX_SEARCH}
          value={typed}
          onInput={(event) => change(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter") {
              const move = event.shiftKey ? "previousHit" : "nextHit";
              if (typed === text && found === search && hits.length > 0) return onHit(move);
              wanted.current = move;
              if (typed !== text) write(typed);
            }
            if (event.key !== "Escape") return;
            event.stopPropagation();
            if (typed === "") return event.currentTarget.blur();
            change("");
            write("");
          }}
        />
        {typed === "" ? <kbd>{keyOf(SEARCH_KEYS, "search")}</kbd> : null}
      </label>
      {text === "" ? null : (
        <>
          <span class="search-count" role="status">
            {hits.length === 0
              ? state === "searching"
                ? "Searching…"
                : "No hit"
              : `${at < 0 ? "" : `${count(at + 1)} of `}${count(hits.length)}${state === "searching" ? " +" : ""}`}
          </span>
          {(["previousHit", "nextHit"] as const).map((move) => (
            <button
              key={move}
              type="button"
              class={`button button-icon search-${move}`}
              aria-label={move === "nextHit" ? "Next hit" : "Previous hit"}
              title={`${move === "nextHit" ? "Next hit" : "Previous hit"} (${keyOf(HIT_KEYS, move)})`}
              disabled={hits.length === 0}
              onClick={() => onHit(move)}
            >
              <Icon name="chevron" />
            </button>
          ))}
        </>
      )}
    </span>
  );
}
