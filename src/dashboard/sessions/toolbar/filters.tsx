import { useEffect, useRef, useState } from "preact/hooks";
import type { SessionSummary } from "../../../session/summary.ts";
import { Icon } from "../../ui/icons.tsx";
import { CLOSE_KEYS } from "../../keymap.ts";
import { usePageKeys } from "../../keys.tsx";
import { lazily } from "../../ui/lazy.tsx";
import type { ListView } from "../../address/list-view.ts";
import type { FilterFormProps } from "./filter-form.tsx";

const Form = lazily<FilterFormProps>(async () => (await import("./filter-form.tsx")).FilterForm, null);

/** A button with the filter form. Chosen filters stand beside it as chips. */
export function Filters({ view, sessions }: { view: ListView; sessions: readonly SessionSummary[] }) {
  const [open, setOpen] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!open) return undefined;
    const onOutside = (event: PointerEvent): void => {
      if (event.target instanceof Node && place.current?.contains(event.target) === false) setOpen(false);
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
        <Icon name="filter" />
        Filter
      </button>
      {open ? <Form.Part view={view} sessions={sessions} onDone={close} /> : null}
    </div>
  );
}
