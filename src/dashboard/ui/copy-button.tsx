import { useEffect, useState } from "preact/hooks";
import { ActionIcon } from "./action-icons.tsx";

/** Copies the result of `text` when pressed. `label` names it: "Copy input". */
export function CopyButton({ text, label, word }: { text: () => string; label: string; word?: string }) {
  const [outcome, setOutcome] = useState<"ready" | "copied" | "refused">("ready");
  useEffect(() => {
    if (outcome === "ready") return;
    const timer = setTimeout(() => setOutcome("ready"), outcome === "refused" ? 4000 : 1600);
    return () => clearTimeout(timer);
  }, [outcome]);
  const copy = (): void => {
    const copied = text();
    // Without a secure context (plain HTTP on a LAN) there is no clipboard to write to.
    const written = navigator.clipboard?.writeText(copied) ?? Promise.reject(new Error("no clipboard"));
    written.then(
      () => setOutcome("copied"),
      () => setOutcome(copyBySelecting(copied) ? "copied" : "refused"),
    );
  };
  const title = outcome === "copied" ? "Copied" : outcome === "refused" ? "Select and copy by hand" : label;
  return (
    <button
      type="button"
      class={word === undefined ? "button bare" : "button"}
      title={title}
      aria-label={word === undefined ? title : undefined}
      onClick={copy}
    >
      <ActionIcon name={outcome === "copied" ? "done" : "copy"} />
      {word === undefined ? undefined : outcome === "copied" ? "Copied" : word}
      {outcome === "refused" ? <span role="alert">Select and copy by hand</span> : null}
    </button>
  );
}

/** Copies through a selection, for pages without clipboard access. Returns whether it worked. */
function copyBySelecting(text: string): boolean {
  const field = document.createElement("textarea");
  const focused = document.activeElement;
  field.value = text;
  field.className = "copy-by-hand";
  field.readOnly = true;
  document.body.append(field);
  field.select();
  try {
    // oxlint-disable-next-line typescript/no-deprecated -- there is nothing else without a secure context
    return document.execCommand("copy");
  } catch {
    return false;
  } finally {
    field.remove();
    if (focused instanceof HTMLElement) focused.focus();
  }
}
