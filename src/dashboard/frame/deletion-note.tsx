import { UntrustedText } from "../ui/untrusted-text.tsx";
import { undoDeletion } from "./delete-soon.ts";
import type { Deletion } from "./deletion.ts";
import "./deletion.css";

/** Says what is deleted, with a way back. */
export function DeletionNote({ known }: { known: Deletion }) {
  return (
    <section class="corner-note deletion" aria-label="Deletion">
      {known.state === "pending" ? (
        <>
          <p role="status">
            {"Deleted: "}
            <UntrustedText text={known.title} limit={80} />
          </p>
          <button type="button" class="button" onClick={undoDeletion}>
            Undo
          </button>
        </>
      ) : (
        <>
          <p class="bad" role="alert">
            {"Not deleted: "}
            <UntrustedText text={known.state.failed} limit={300} />
          </p>
          <button type="button" class="button" onClick={undoDeletion}>
            Close
          </button>
        </>
      )}
    </section>
  );
}
