import type { ComponentChildren } from "preact";
import { useId, useRef } from "preact/hooks";
import { type ChosenColumn, type ColumnChoice, WIDEST, withHidden, withWidth } from "./columns.ts";
import { ListIcon } from "./list-icons.tsx";
import "./columns.css";

type MenuProps = {
  /** The table: "Columns of the timeline". */
  readonly label: string;
  readonly columns: readonly ChosenColumn[];
  readonly choice: ColumnChoice | undefined;
  readonly onChoice: (choice: ColumnChoice | undefined) => void;
};

/** Pixels of one press of an arrow key. */
const STEP = 8;

/** Which columns are shown, and how wide: by keyboard what the edges of the columns do by pointer. */
export function ColumnMenu({ label, columns, choice, onChoice }: MenuProps): ComponentChildren {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const menu = useRef<HTMLDivElement>(null);
  return (
    <>
      <button
        ref={button}
        type="button"
        class="button bare column-button"
        popovertarget={id}
        aria-label={label}
        title={label}
      >
        <ListIcon name="columns" />
      </button>
      <div
        id={id}
        popover="auto"
        class="column-menu"
        role="group"
        aria-label={label}
        ref={menu}
        onBeforeToggle={() => placeBelow(menu.current, button.current)}
      >
        <ul>
          {columns.map(({ name, word, width, least, always, isHidden }) => (
            <li key={name}>
              <label>
                <input
                  type="checkbox"
                  checked={!isHidden}
                  disabled={always}
                  onChange={(event) =>
                    onChoice(withHidden(choice, name, event.currentTarget.checked ? "shown" : "hidden"))
                  }
                />
                {word}
              </label>
              <input
                type="range"
                aria-label={`Width of ${word}`}
                min={least}
                max={Math.min(WIDEST, Math.max(width, least * 8))}
                step={STEP}
                value={width}
                disabled={isHidden}
                onInput={(event) => onChoice(withWidth(choice, name, event.currentTarget.valueAsNumber))}
              />
            </li>
          ))}
        </ul>
        <button type="button" class="button" disabled={choice === undefined} onClick={() => onChoice(undefined)}>
          Reset
        </button>
      </div>
    </>
  );
}

/** Pixels beside the page's edge. */
const MARGIN = 8;

/** A popover stands above the page, whose places it does not know. */
function placeBelow(menu: HTMLElement | null, button: HTMLElement | null): void {
  if (menu === null || button === null) return;
  const { bottom, right } = button.getBoundingClientRect();
  menu.style.top = `${bottom + 4}px`;
  menu.style.right = `${Math.max(MARGIN, innerWidth - right)}px`;
}
