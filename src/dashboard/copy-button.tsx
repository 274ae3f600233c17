import { useEffect, useState } from "preact/hooks";
import { Sign } from "./icons.tsx";

/** Copies what `text` returns when pressed. `label` says what: "Copy input". */
export function CopyButton({ text, label, word }: { text: () => string; label: string; word?: string }) {
  const [outcome, setOutcome] = useState<"ready" | "copied" | "refused">("ready");
  useEffect(() => {
    if (outcome === "ready") return;
    const timer = setTimeout(() => setOutcome("ready"), 1600);
    return () => clearTimeout(timer);
  }, [outcome]);
  const copy = (): void => {
    // Without a secure context (plain HTTP on a LAN) there is no clipboard to write to.
    const written = navigator.clipboard?.writeText(text()) ?? Promise.reject(new Error("no clipboard"));
    written.then(
      () => setOutcome("copied"),
      () => setOutcome("refused"),
    );
  };
  const said = outcome === "copied" ? "Copied" : outcome === "refused" ? "Select and copy by hand" : label;
  return (
    <button
      type="button"
      class={word === undefined ? "button bare" : "button"}
      title={said}
      aria-label={said}
      onClick={copy}
    >
      <Sign name={outcome === "copied" ? "done" : "copy"} />
      {word === undefined ? undefined : outcome === "copied" ? "Copied" : word}
    </button>
  );
}
