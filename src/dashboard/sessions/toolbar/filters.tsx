import { useEffect, useRef, useState } from "preact/hooks";
import type { SessionSummary } from "../../../session/summary.ts";
import { ListIcon } from "../../ui/list-icons.tsx";
import { CLOSE_KEYS } from "../../keymap.ts";
import { usePageKeys } from "../../keys.tsx";
import { lazily } from "../../ui/lazy.tsx";
import type { ListView } from "../../address/list-view.ts";
import type { FilterFormProps } from "./filter-form.tsx";

const Form = lazily<FilterFormProps>(async () => (await import("./filter-form.tsx")).FilterForm, null);

/** The press that began now closes something, and does nothing else to what lies below. */
function ignoreClick(): void {
  const ignore = (event: MouseEvent): void => {
    event.preventDefault();
    event.stopPropagation();
  };
  addEventListener("click", ignore, { capture: true, once: true });
  // It may end as no click.
  addEventListener("pointerdown", () => removeEventListener("click", ignore, true), { capture: true, once: true });
}

/** A button with the filter form. Chosen filters stand beside it as chips. */
export function Filters({ view, sessions }: { view: ListView; sessions: readonly SessionSummary[] }) {
  const [open, setOpen] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!open) return undefined;
    const onOutside = (event: PointerEvent): void => {
      const { target } = event;
      if (!(target instanceof Element) || place.current?.contains(target) !== false) return;
      setOpen(false);
      if (target.closest(".session-table") !== null) ignoreClick();
    };
    document.addEventListener("pointerdown", onOutside);
    return () => document.removeEventListener("pointerdown", onOutside);
  }, [open]);
  usePageKeys(CLOSE_KEYS, () => (open ? close() : "unhandled"));
  const close = (): void => {
    setOpen(false);
    button.current?.focus();
  };
  return (
    <div class="filters" ref={place} onPointerEnter={Form.preload} onFocusIn={Form.preload}>
      <button ref={button} type="button" class="button" aria-expanded={open} onClick={() => setOpen(!open)}>
        <ListIcon name="filter" />
        Filter
      </button>
      {open ? <Form.Part view={view} sessions={sessions} onDone={close} /> : null}
    </div>
  );
}
