import { useEffect, useRef, useState } from "preact/hooks";
import { keyOf, SEARCH_KEYS } from "../keymap.ts";
import { usePageKeys } from "../keys.tsx";
import { Icon } from "./icons.tsx";
import "./search-field.css";

export type SearchFieldProps = {
  /** What is searched: the label, and the words in the empty field. */
  readonly label: string;
  readonly placeholder: string;
  /** The search in the URL. */
  readonly text: string;
  /** The reader stopped typing, or pressed Enter. Blanks count as no search. */
  readonly onText: (text: string) => void;
  readonly onTyping?: () => void;
  /** After the text. `shown`: it is the search in the URL already. */
  readonly onEnter?: (direction: "forward" | "back", text: "shown" | "new") => void;
  /** UTF-16 units that the server accepts. */
  readonly longest: number;
};

/** Long enough to type a letter, milliseconds. */
const PAUSE = 150;

/** The field of a search. Its key is `/`; Escape clears it, then leaves it. */
export function SearchField({ label, placeholder, text, onText, onTyping, onEnter, longest }: SearchFieldProps) {
  const input = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState(text);
  const written = useRef(text);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  usePageKeys(SEARCH_KEYS, () => {
    input.current?.focus();
    input.current?.select();
  });
  // The URL was changed elsewhere: by Back, or by a button that clears the search.
  useEffect(() => {
    if (text === written.current) return;
    written.current = text;
    clearTimeout(timer.current);
    setTyped(text);
  }, [text]);
  useEffect(() => () => clearTimeout(timer.current), []);
  // What a search changes may itself change between a key and the end of the pause.
  const latest = useRef(onText);
  latest.current = onText;
  const write = (value: string): void => {
    clearTimeout(timer.current);
    written.current = value.trim() === "" ? "" : value;
    latest.current(written.current);
  };
  const change = (value: string): void => {
    onTyping?.();
    setTyped(value);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => write(value), PAUSE);
  };
  const press = (event: KeyboardEvent & { readonly currentTarget: HTMLInputElement }): void => {
    if (event.key === "Enter") {
      const state = typed === text ? "shown" : "new";
      if (state === "new") write(typed);
      onEnter?.(event.shiftKey ? "back" : "forward", state);
    }
    if (event.key !== "Escape") return;
    // Elsewhere it closes what is open.
    event.stopPropagation();
    if (typed === "") return event.currentTarget.blur();
    change("");
    write("");
  };
  return (
    <label class="search-field">
      <Icon name="search" />
      <input
        ref={input}
        type="search"
        placeholder={placeholder}
        aria-label={label}
        spellcheck={false}
        autocomplete="off"
        maxLength={longest}
        value={typed}
        onInput={(event) => change(event.currentTarget.value)}
        onKeyDown={press}
      />
      {typed === "" ? <kbd>{keyOf(SEARCH_KEYS, "search")}</kbd> : null}
    </label>
  );
}
