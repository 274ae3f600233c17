import { signal } from "@preact/signals";
import { hasToken } from "../server.ts";
import { lazily } from "../ui/lazy.tsx";

const Dialog = lazily<{ onClose: () => void }>(async () => (await import("./token-form.tsx")).TokenDialog, null);

const shown = signal(false);

/** In the header of every page, if this browser has a token. */
export function TokenButton() {
  if (!hasToken.value) return null;
  return (
    <button type="button" class="button" title="Change or remove the token" onClick={() => (shown.value = true)}>
      Token
    </button>
  );
}

/** The dialog of the button. */
export function Token() {
  return shown.value ? <Dialog.Part onClose={() => (shown.value = false)} /> : null;
}
