import { useEffect, useMemo, useRef } from "preact/hooks";
import { MAX_SEARCH } from "../../../session/search/pattern.ts";
import { count } from "../../../lib/figures.ts";
import { keyOf, HIT_KEYS } from "../../keymap.ts";
import { Icon } from "../../ui/icons.tsx";
import { SearchField } from "../../ui/search-field.tsx";
import type { DisplayedSession } from "../display-fold.ts";
import type { Search } from "../reading-props.ts";
import { useSearch } from "./use-search.ts";
import "./search.css";

export type SearchBoxProps = {
  readonly sessionId: string;
  readonly displayed: Pick<DisplayedSession, "tree" | "logs">;
  /** The search in the URL. */
  readonly text: string;
  readonly onText: (text: string) => void;
  /** What `onFound` was last given: `onHit` goes through it. */
  readonly found: Search;
  readonly onFound: (search: Search) => void;
  readonly cursor: string | undefined;
  readonly onHit: (move: "nextHit" | "previousHit") => void;
};

/** Searches names, messages, arguments, results and errors of the session, in all readings. */
export function SearchBox({ sessionId, displayed, text, onText, found, onFound, cursor, onHit }: SearchBoxProps) {
  /** Enter was pressed before its text was searched: the first hit is gone to when there is one. */
  const wanted = useRef<"nextHit" | "previousHit">(undefined);

  const { search, state } = useSearch(text, displayed, sessionId);
  useEffect(() => onFound(search), [search]);
  const hits = useMemo(() => {
    const { matches } = search;
    return matches === undefined ? [] : displayed.tree.rows.filter(({ key }) => matches.has(key)).map(({ key }) => key);
  }, [search, displayed.tree]);
  useEffect(() => {
    if (wanted.current === undefined || found !== search || search.text !== text || hits.length === 0) return;
    const move = wanted.current;
    wanted.current = undefined;
    onHit(move);
  });
  const at = cursor === undefined ? -1 : hits.indexOf(cursor);

  return (
    <span class="session-search" role="search">
      <SearchField
        label="Search in this session"
        placeholder="Search in this session"
        text={text}
        onText={onText}
        onTyping={() => (wanted.current = undefined)}
        onEnter={(direction, typed) => {
          const move = direction === "back" ? "previousHit" : "nextHit";
          if (typed === "shown" && found === search && hits.length > 0) onHit(move);
          else wanted.current = move;
        }}
        longest={MAX_SEARCH}
      />
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
