import { actionOf, type ActionOf, HELP_KEYS, type Keymap } from "./keymap.ts";
import { lazily } from "./ui/lazy.tsx";
import { signal } from "@preact/signals";
import { useLayoutEffect } from "preact/hooks";

const Dialog = lazily<{ onClose: () => void }>(async () => (await import("./shortcuts.tsx")).ShortcutsDialog, null);

const shown = signal(false);

export function showShortcuts(): void {
  shown.value = true;
}

export function Shortcuts() {
  usePageKeys(HELP_KEYS, showShortcuts);
  return shown.value ? <Dialog.Part onClose={() => (shown.value = false)} /> : null;
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
