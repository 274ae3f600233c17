import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Sign } from "../frame/icons.tsx";

/** The place beside the rows: a head with the way out of it, and a body that scrolls. `of`: another one begins at its top. */
export function PanelFrame(props: {
  of: string;
  what: "span" | "log record";
  icon: ComponentChildren;
  title: ComponentChildren;
  /** Beside the button that closes. */
  actions?: ComponentChildren;
  onClose: () => void;
  children: ComponentChildren;
}) {
  const body = useRef<HTMLDivElement>(null);
  useEffect(() => {
    body.current?.scrollTo({ top: 0 });
  }, [props.of]);
  return (
    <aside class="panel" aria-label={props.what === "span" ? "Span" : "Log record"}>
      <header class="panel-head">
        {props.icon}
        <h2>{props.title}</h2>
        {props.actions}
        <button
          type="button"
          class="button bare"
          aria-label={`Close the ${props.what} (Esc)`}
          title="Close (Esc)"
          onClick={props.onClose}
        >
          <Sign name="close" />
        </button>
      </header>
      <div class="panel-body scroller" tabIndex={-1} ref={body}>
        {props.children}
      </div>
    </aside>
  );
}
