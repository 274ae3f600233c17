import { useEffect, useRef, useState } from "preact/hooks";
import { ListIcon } from "../../ui/list-icons.tsx";
import { importFiles } from "./import-files.tsx";

const ACCEPTED = ".json,.jsonl,.ndjson,.gz,application/json";

/** Import without drag and drop. */
export function ImportButton() {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button
        type="button"
        class="button import"
        aria-label="Import"
        title="OTLP/JSON, JSON lines, or Jaeger's JSON; a file can be dropped anywhere here"
        onClick={() => input.current?.click()}
      >
        <ListIcon name="upload" />
        <span>Import</span>
      </button>
      <input
        ref={input}
        type="file"
        class="visually-hidden"
        multiple
        accept={ACCEPTED}
        tabIndex={-1}
        aria-label="Files to import"
        onChange={(event) => {
          importFiles(event.currentTarget.files ?? []);
          // Allows the same file to be chosen again.
          event.currentTarget.value = "";
        }}
      />
    </>
  );
}

/** Accepts files that are dropped anywhere on the page, and shows a hint during a drag. */
export function DropZone() {
  const [over, setOver] = useState(false);
  useEffect(() => {
    // The browser sends enter and leave events for each crossed element.
    let depth = 0;
    const holdsFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") ?? false;
    const enter = (event: DragEvent): void => {
      if (holdsFiles(event)) setOver(++depth > 0);
    };
    const leave = (event: DragEvent): void => {
      if (holdsFiles(event)) setOver((depth = Math.max(0, depth - 1)) > 0);
    };
    const drag = (event: DragEvent): void => {
      if (holdsFiles(event)) event.preventDefault();
    };
    const drop = (event: DragEvent): void => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      setOver((depth = 0) > 0);
      importFiles(event.dataTransfer?.files ?? []);
    };
    document.addEventListener("dragenter", enter);
    document.addEventListener("dragleave", leave);
    document.addEventListener("dragover", drag);
    document.addEventListener("drop", drop);
    return () => {
      document.removeEventListener("dragenter", enter);
      document.removeEventListener("dragleave", leave);
      document.removeEventListener("dragover", drag);
      document.removeEventListener("drop", drop);
    };
  }, []);
  return over ? (
    <div class="drop-zone" aria-hidden="true">
      <p>
        <ListIcon name="upload" />
        Drop to import
      </p>
    </div>
  ) : null;
}
