import { useRef } from "preact/hooks";
import type { ListKind } from "../address.ts";
import { Sign } from "../icons.tsx";
import { usePageKeys } from "../keys.ts";
import { go } from "../location.ts";

/** Narrows the rows by words; what is typed is in the URL. */
export function Filter({ kind, filter }: { kind: ListKind; filter: string }) {
  const input = useRef<HTMLInputElement>(null);
  usePageKeys((key) => {
    if (key !== "/") return undefined;
    input.current?.focus();
    input.current?.select();
    return "taken";
  });
  const change = (value: string): void => go({ page: "list", kind, filter: value }, "replace");
  return (
    <label class="filter">
      <Sign name="search" />
      <input
        ref={input}
        type="search"
        placeholder="Filter by title, agent, model, tool, service"
        aria-label="Filter the sessions"
        spellcheck={false}
        autocomplete="off"
        value={filter}
        onInput={(event) => change(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          if (filter === "") event.currentTarget.blur();
          else change("");
        }}
      />
      <kbd>/</kbd>
    </label>
  );
}
