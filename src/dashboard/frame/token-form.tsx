import { rememberToken } from "../server.ts";
import { Icon } from "../ui/icons.tsx";
import { useEffect, useRef, useState } from "preact/hooks";
import "../ui/dialog.css";

/** Changes or removes the token. The page then reloads, because it showed data of the old token. */
export function TokenDialog({ onClose }: { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog
      ref={dialog}
      class="shortcuts token-dialog"
      aria-labelledby="token-title"
      onClose={onClose}
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
        class="field"
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
