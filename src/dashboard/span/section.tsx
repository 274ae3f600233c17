import type { ComponentChildren } from "preact";
import { CopyButton } from "../frame/copy-button.tsx";

/** A part of the panel. `copy` is what its copy button takes; `folded` ones open on demand. */
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
