import { Icon } from "./ui/icons.tsx";
import { signal } from "@preact/signals";
import { useEffect, useRef, useLayoutEffect } from "preact/hooks";

const shown = signal(false);

export function showShortcuts(): void {
  shown.value = true;
}

const GROUPS: readonly (readonly [string, readonly (readonly [string, string])[]])[] = [
  [
    "Everywhere",
    [
      ["?", "These shortcuts"],
      ["Space", "Pause or resume the stream"],
      ["Esc", "Close the panel or dialog"],
    ],
  ],
  [
    "Sessions",
    [
      ["↓ j · ↑ k", "Next, previous session"],
      ["Enter", "Open the session"],
      ["/", "Search"],
      [".", "Show new sessions"],
    ],
  ],
  [
    "A session",
    [
      ["↓ j · ↑ k", "Next, previous row"],
      ["→ l · ← h", "Expand, collapse or go to the parent"],
      ["[ · ]", "Collapse all, expand all"],
      ["Enter", "Open the span"],
      ["e · E", "Next, previous error"],
      ["n · p", "Next, previous model call"],
      ["z · 0", "Zoom to the span, zoom out"],
      ["f", "Follow new rows"],
      ["r", "Replay, or back to live"],
      ["L", "Logs or spans"],
      ["u", "Back to the sessions"],
    ],
  ],
  [
    "A replay",
    [
      ["Space", "Play or pause"],
      ["< · >", "Slower, faster"],
      ["Shift ← · →", "Back, forward by 5 %"],
      ["r", "Back to live"],
    ],
  ],
];

export function Shortcuts() {
  const isShown = shown.value;
  const dialog = useRef<HTMLDialogElement>(null);
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
          {GROUPS.map(([title, keys]) => (
            <section key={title}>
              <h3>{title}</h3>
              <dl>
                {keys.map(([key, effect]) => (
                  <div key={key}>
                    <dt>
                      <kbd>{key}</kbd>
                    </dt>
                    <dd>{effect}</dd>
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

/** `undefined`: the key is not handled and keeps its default effect. */
export type KeyHandler = (key: string, event: KeyboardEvent) => "handled" | undefined;

const TYPING = "input:not([type=range], [type=radio]), textarea, select, [contenteditable]";
/** Controls that use the keys that also move through rows. */
const MOVED = "input:is([type=range], [type=radio])";
const PRESSING = "button, a, summary";

/** Whether the key is meant for a text field. */
export const isTyping = ({ target }: KeyboardEvent): boolean =>
  target instanceof Element && target.closest(TYPING) !== null;

/** Keys of the whole page, wherever the focus is, except while the reader types or presses a control. */
export function usePageKeys(handler: KeyHandler): void {
  useLayoutEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      const target = event.target instanceof Element ? event.target : document.body;
      if (isTyping(event) && event.key !== "Escape") return;
      if (target.closest(PRESSING) !== null && (event.key === "Enter" || event.key === " ")) return;
      if (target.closest(MOVED) !== null && /^(Arrow|Page|Home|End)/.test(event.key)) return;
      if (target.closest("dialog") !== null) return;
      if (handler(event.key, event) === "handled") event.preventDefault();
    };
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  });
}
