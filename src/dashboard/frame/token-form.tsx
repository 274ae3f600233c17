import { hasToken, rememberToken } from "../server.ts";
import { Icon } from "../ui/icons.tsx";
import { signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";

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

/** Changes or removes the token. The page then reloads, because it showed data of the old token. */
export function TokenDialog() {
  const isShown = shown.value;
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (isShown) dialog.current?.showModal();
  }, [isShown]);
  if (!isShown) return null;
  return (
    <dialog
      ref={dialog}
      class="shortcuts token-dialog"
      aria-labelledby="token-title"
      onClose={() => (shown.value = false)}
      {...{ closedby: "any" }}
    >
      <div class="token-body">
        <h2 id="token-title">Token</h2>
        <button type="button" class="button bare" aria-label="Close" onClick={() => dialog.current?.close()}>
          <Icon name="close" />
        </button>
        <p class="muted">This browser sends the token with every request.</p>
        <TokenForm word="Change" onToken={() => location.reload()} />
        <button
          type="button"
          class="button danger"
          onClick={() => {
            rememberToken("");
            location.reload();
          }}
        >
          Remove the token
        </button>
      </div>
    </dialog>
  );
}

/** Stores the entered token and calls `onToken`. */
export function TokenForm({ word, onToken }: { word: string; onToken: () => void }) {
  const [value, setValue] = useState("");
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  return (
    <form
      class="token"
      onSubmit={(event) => {
        event.preventDefault();
        rememberToken(value.trim());
        onToken();
      }}
    >
      <input
        ref={field}
        type="password"
        aria-label="Token"
        autocomplete="current-password"
        value={value}
        onInput={(event) => setValue(event.currentTarget.value)}
      />
      <button type="submit" class="button primary" disabled={value.trim() === ""}>
        {word}
      </button>
    </form>
  );
}
