import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { hasToken, rememberToken } from "../server/access.ts";
import { Sign } from "./icons.tsx";
import { TokenForm } from "./token-form.tsx";

const shown = signal(false);

/** In the head of every page, where this browser keeps a token. */
export function TokenButton() {
  if (!hasToken.value) return null;
  return (
    <button type="button" class="button" title="Change or forget the token" onClick={() => (shown.value = true)}>
      Token
    </button>
  );
}

/** To change or to drop the token. Everything that was read with the old one is read anew. */
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
          <Sign name="close" />
        </button>
        <p class="muted">This browser sends it with everything that the page asks for.</p>
        <TokenForm word="Change" onToken={() => location.reload()} />
        <button
          type="button"
          class="button danger"
          onClick={() => {
            rememberToken("");
            location.reload();
          }}
        >
          Forget the token
        </button>
      </div>
    </dialog>
  );
}
