import { useLayoutEffect } from "preact/hooks";

/** `undefined`: the key is not ours and keeps its own effect. */
export type KeyHandler = (key: string, event: KeyboardEvent) => "taken" | undefined;

const TYPING = "input:not([type=range], [type=radio]), textarea, select, [contenteditable]";
/** What is moved by the keys that move through rows. */
const MOVED = "input:is([type=range], [type=radio])";
const PRESSING = "button, a, summary";

/** What is pressed is meant for a field. */
export const isTyping = ({ target }: KeyboardEvent): boolean =>
  target instanceof Element && target.closest(TYPING) !== null;

/** Keys of the whole page, wherever the focus is, but not while somebody types or presses a control. */
export function usePageKeys(handler: KeyHandler): void {
  useLayoutEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      const target = event.target instanceof Element ? event.target : document.body;
      if (isTyping(event) && event.key !== "Escape") return;
      if (target.closest(PRESSING) !== null && (event.key === "Enter" || event.key === " ")) return;
      if (target.closest(MOVED) !== null && /^(Arrow|Page|Home|End)/.test(event.key)) return;
      if (target.closest("dialog") !== null) return;
      if (handler(event.key, event) === "taken") event.preventDefault();
    };
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  });
}
