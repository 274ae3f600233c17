import { whyFailed, whyRefused } from "../../client/refusal.ts";
import { sessionPath } from "../address/address.ts";
import { go, lastList } from "../address/location.ts";
import { authorisedFetch, learnMayNotDelete } from "../server.ts";
import { deletion } from "./deletion.ts";

/** So long a deletion can be undone, milliseconds. */
const UNDONE_WITHIN = 10_000;

let timer: number | undefined;

/** Deletes the session after ten seconds, or when the reader leaves: the reader asked for it, and did not take it back. */
export function deleteSoon(id: string, title: string): void {
  sendNow();
  deletion.value = { id, title, state: "pending" };
  timer = setTimeout(sendNow, UNDONE_WITHIN);
  go(lastList.value, "replace");
}

export function undoDeletion(): void {
  clearTimeout(timer);
  deletion.value = undefined;
}

function sendNow(): void {
  clearTimeout(timer);
  const known = deletion.peek();
  if (known?.state !== "pending") return;
  send(known.id).then(
    () => deletion.peek() === known && undoDeletion(),
    (error: unknown) => {
      if (deletion.peek() === known) deletion.value = { ...known, state: { failed: whyFailed(error) } };
    },
  );
}

addEventListener("pagehide", sendNow);

/** Other viewers learn of the deletion from the stream. `keepalive`: also while the page goes. */
async function send(id: string): Promise<void> {
  const response = await authorisedFetch(sessionPath(id), { method: "DELETE", keepalive: true });
  if (response.ok || response.status === 404) return;
  if (response.status === 403) learnMayNotDelete();
  throw new Error(await whyRefused(response));
}
