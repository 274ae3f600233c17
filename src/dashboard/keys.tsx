import { actionOf, type ActionOf, HELP_KEYS, type Keymap, keyWords, SHORTCUTS } from "./keymap.ts";
import { Icon } from "./ui/icons.tsx";
import { signal } from "@preact/signals";
import { useEffect, useRef, useLayoutEffect } from "preact/hooks";

const shown = signal(false);

export function showShortcuts(): void {
  shown.value = true;
}

export function Shortcuts() {
  const isShown = shown.value;
  const dialog = useRef<HTMLDialogElement>(null);
  usePageKeys(HELP_KEYS, showShortcuts);
  useEffect(() => {
    if (isShown) dialog.current?.showModal();
  }, [isShown]);
  if (!isShown) return null;
  const close = (): void => {
    shown.value = false;
  };
  return (
    <dialog ref={dialog} class="shortcuts" aria-labelledby="shortcuts-title" onClose={close} {...{ closedby: "any" }}>
      <div class="shortcuts-body">
        <h2 id="shortcuts-title">Keyboard</h2>
        <button type="button" class="button bare" aria-label="Close" onClick={() => dialog.current?.close()}>
          <Icon name="close" />
        </button>
        <div class="shortcuts-groups">
          {SHORTCUTS.map(([title, maps]) => (
            <section key={title}>
              <h3>{title}</h3>
              <dl>
                {maps.flat().map(({ words, keys }) => (
                  <div key={words}>
                    <dt>
                      <kbd>{Object.keys(keys).map(keyWords).join(" · ")}</kbd>
                    </dt>
                    <dd>{words}</dd>
                  </div>
                ))}
              </dl>
            </section>
          ))}
        </div>
        <a class="shortcuts-licences" href="/build/LICENSES.txt" target="_blank" rel="noreferrer">
          Licences
        </a>
      </div>
    </dialog>
  );
}

/** What a view does for each action of a map. */
export type Actions<Map> = Readonly<Record<ActionOf<Map>, () => "unhandled" | void>>;

/** `unhandled`: the key keeps its default effect. */
export type KeyHandler<Action extends string> = (action: Action) => "unhandled" | void;

const TYPING = "input:not([type=range], [type=radio]), textarea, select, [contenteditable]";
/** Controls that use the keys that also move through rows. */
const MOVED = "input:is([type=range], [type=radio])";
const MOVING = /^(Arrow|Page|Home|End)/;
const PRESSING = "button, a, summary";
/** Its text scrolls by keys that also move through rows. */
const SCROLLED = ".panel";

/** Whether the browser or the control with the focus uses the key. */
function isTaken({ key, target, defaultPrevented, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  if (defaultPrevented || ctrlKey || metaKey || altKey) return true;
  if (!(target instanceof Element)) return false;
  const isIn = (controls: string): boolean => target.closest(controls) !== null;
  return (
    (isIn(TYPING) && key !== "Escape") ||
    (isIn(PRESSING) && (key === "Enter" || key === " ")) ||
    (isIn(MOVED) && MOVING.test(key)) ||
    (isIn(SCROLLED) && (MOVING.test(key) || key === " ")) ||
    isIn("dialog")
  );
}

/** Keys of the whole page, wherever the focus is, except those that the control with the focus uses. Earlier calls come first. */
export function usePageKeys<Action extends string>(map: Keymap<Action>, handler: KeyHandler<Action> | undefined): void {
  useLayoutEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      const action = isTaken(event) ? undefined : actionOf(map, event);
      if (action !== undefined && handler !== undefined && handler(action) !== "unhandled") event.preventDefault();
    };
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  });
}
