import { useId, useRef, useState } from "preact/hooks";
import { ListIcon } from "../ui/list-icons.tsx";
import { lazily } from "../ui/lazy.tsx";
import type { NotifyChoicesProps } from "./notify-choices.tsx";
import { askPermission, permission } from "./permission.ts";
import { hasSubject, preferences, setPreferences, type Subject, withSubject } from "./preferences.ts";
import "./notify.css";

/** Pixels: of the popover, as in its style sheet, and beside it. */
const WIDTH = 340;
const MARGIN = 12;

const Choices = lazily<NotifyChoicesProps>(async () => (await import("./notify-choices.tsx")).NotifyChoices);

/** Turns notifications on; then, and when they are on, it shows what of. The browser asks for permission at the click, and never before. */
export function NotifyButton({ subject }: { subject: Subject }) {
  const id = useId();
  const choices = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);
  const isOn = permission.value === "granted" && hasSubject(preferences.value, subject);
  const title = subject === "all" ? "Notify me when a session needs an answer" : "Notify me when it needs an answer";
  const word = isOn ? "Notifying" : "Notify me";
  const press = ({ currentTarget }: { currentTarget: HTMLElement }): void => {
    placeBelow(choices.current, currentTarget.getBoundingClientRect());
    if (!isOn) void turnOn(subject);
  };
  return (
    <span class="notify">
      <button
        type="button"
        class="button"
        title={title}
        aria-label={word}
        aria-pressed={isOn}
        popovertarget={id}
        onClick={press}
      >
        <ListIcon name="bell" />
        <span>{word}</span>
      </button>
      <div
        id={id}
        ref={choices}
        class="notify-choices"
        popover="auto"
        onToggle={(event) => setOpen(event.newState === "open")}
      >
        {open ? <Choices.Part subject={subject} onDone={() => choices.current?.hidePopover()} /> : null}
      </div>
    </span>
  );
}

/** A popover stands above the page, whose places it does not know. */
function placeBelow(popover: HTMLElement | null, { bottom, right }: DOMRect): void {
  if (popover === null) return;
  popover.style.top = `${bottom + 6}px`;
  popover.style.right = `${Math.max(MARGIN, Math.min(innerWidth - right, innerWidth - WIDTH - MARGIN))}px`;
}

async function turnOn(subject: Subject): Promise<void> {
  if ((await askPermission()) === "granted") setPreferences(withSubject(preferences.peek(), subject, "on"));
}
