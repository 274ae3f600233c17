import { CopyButton } from "./copy-button.tsx";
import { CLOSE_KEYS, keyOf } from "../keymap.ts";
import { Icon } from "./icons.tsx";
import { PanelEdge } from "./panel-edge.tsx";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

/** The panel beside the rows: a header with a close button, and a body that scrolls. A new `of` scrolls to the top. */
export function PanelFrame(props: {
  of: string;
  what: "span" | "log record";
  icon: ComponentChildren;
  title: ComponentChildren;
  /** Beside the title. */
  note?: ComponentChildren;
  /** Beside the close button. */
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
      <PanelEdge />
      <header class="panel-head">
        {props.icon}
        <h2>{props.title}</h2>
        {props.note === undefined ? null : <span class="panel-note muted">{props.note}</span>}
        {props.actions}
        <button
          type="button"
          class="button bare"
          aria-label={`Close the ${props.what} (${keyOf(CLOSE_KEYS, "close")})`}
          title={`Close (${keyOf(CLOSE_KEYS, "close")})`}
          onClick={props.onClose}
        >
          <Icon name="close" />
        </button>
      </header>
      <div class="panel-body scroller" tabIndex={-1} ref={body}>
        {props.children}
      </div>
    </aside>
  );
}

/** A section of the panel. `copy` gives the text of its copy button. A folded section opens on demand. */
export function Section(props: {
  title: string;
  note?: string | undefined;
  copy?: (() => string) | undefined;
  folded?: "folded" | undefined;
  children: ComponentChildren;
}) {
  const { title, note, copy, folded, children } = props;
  const button = copy === undefined ? null : <CopyButton text={copy} label={`Copy ${title.toLowerCase()}`} />;
  const heading = (
    <>
      <h3>{title}</h3>
      {note === undefined ? null : <span class="muted">{note}</span>}
    </>
  );
  if (folded === undefined) {
    return (
      <section class="section">
        <header>
          {heading}
          {button}
        </header>
        {children}
      </section>
    );
  }
  return (
    <details class="section">
      <summary>{heading}</summary>
      {button}
      {children}
    </details>
  );
}
