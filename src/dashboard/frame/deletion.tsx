import { computed, signal } from "@preact/signals";
import { readProblem } from "../../client/refusal.ts";
import { go, lastList } from "../address/location.ts";
import { authorisedFetch, learnMayNotDelete } from "../server.ts";
import { UntrustedText } from "../ui/untrusted-text.tsx";

/** So long a deletion can be undone, milliseconds. */
const UNDONE_WITHIN = 10_000;

type Deletion = {
  readonly id: string;
  readonly title: string;
  readonly state: "pending" | { readonly failed: string };
};

const deletion = signal<Deletion | undefined>(undefined);
let timer: number | undefined;

/** The session that is about to be deleted: no list shows it. */
export const deletingId = computed(() => (deletion.value?.state === "pending" ? deletion.value.id : undefined));

/** Deletes the session after ten seconds, or when the reader leaves: the reader asked for it, and did not take it back. */
export function deleteSoon(id: string, title: string): void {
  sendNow();
  deletion.value = { id, title, state: "pending" };
  timer = setTimeout(sendNow, UNDONE_WITHIN);
  go(lastList.value, "replace");
}

function undo(): void {
  clearTimeout(timer);
  deletion.value = undefined;
}

function sendNow(): void {
  clearTimeout(timer);
  const known = deletion.peek();
  if (known?.state !== "pending") return;
  send(known.id).then(
    () => deletion.peek() === known && undo(),
    (error: unknown) => {
      const failed = error instanceof Error ? error.message : String(error);
      if (deletion.peek() === known) deletion.value = { ...known, state: { failed } };
    },
  );
}

addEventListener("pagehide", sendNow);

/** Other viewers learn of the deletion from the stream. `keepalive`: also while the page goes. */
async function send(id: string): Promise<void> {
  const response = await authorisedFetch(`/sessions/${encodeURIComponent(id)}`, { method: "DELETE", keepalive: true });
  if (response.ok || response.status === 404) return;
  if (response.status === 403) learnMayNotDelete();
  const { detail } = await readProblem(response);
  throw new Error(detail === "" ? `the server answered ${response.status}.` : detail);
}

/** Says what is deleted, with a way back; on every page. */
export function DeletionNote() {
  const known = deletion.value;
  if (known === undefined) return null;
  return (
    <section class="corner-note deletion" aria-label="Deletion">
      {known.state === "pending" ? (
        <>
          <p role="status">
            {"Deleted: "}
            <UntrustedText text={known.title} limit={80} />
          </p>
          <button type="button" class="button" onClick={undo}>
            Undo
          </button>
        </>
      ) : (
        <>
          <p class="bad" role="alert">
            {"Not deleted: "}
            <UntrustedText text={known.state.failed} limit={300} />
          </p>
          <button type="button" class="button" onClick={undo}>
            Close
          </button>
        </>
      )}
    </section>
  );
}
