import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { readProblem } from "../../../client/refusal.ts";
import { authorisedFetch, learnMayNotDelete, mayDelete } from "../../server.ts";
import { CopyButton } from "../../ui/copy-button.tsx";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import { Icon } from "../../ui/icons.tsx";
import { CLOSE_KEYS } from "../../keymap.ts";
import { usePageKeys } from "../../keys.tsx";
import { go, lastList } from "../../address/location.ts";

/** Link, export, delete. */
export function SessionActions({ id }: { id: string }) {
  const [state, setState] = useState<"ready" | "confirming" | "busy" | { readonly failed: string }>("ready");
  const url = `/sessions/${encodeURIComponent(id)}`;
  // The confirmation replaces the pressed button, so the focus moves there and back.
  const cancel = useRef<HTMLButtonElement>(null);
  const trash = useRef<HTMLButtonElement>(null);
  const before = useRef(state);
  useLayoutEffect(() => {
    if (state === "confirming") cancel.current?.focus();
    else if (before.current === "confirming") trash.current?.focus();
    before.current = state;
  }, [state]);
  const run = (work: () => Promise<void>): void => {
    setState("busy");
    work().then(
      () => setState("ready"),
      (error: unknown) => setState({ failed: error instanceof Error ? error.message : String(error) }),
    );
  };
  usePageKeys(CLOSE_KEYS, () => (state === "confirming" ? setState("ready") : "unhandled"));
  if (state === "confirming") {
    return (
      <>
        <span role="alert">Delete this session for everyone?</span>
        <button type="button" class="button danger" onClick={() => run(() => deleteSession(url))}>
          Delete
        </button>
        <button ref={cancel} type="button" class="button" onClick={() => setState("ready")}>
          Cancel
        </button>
      </>
    );
  }
  return (
    <>
      {typeof state === "object" ? (
        <span class="bad action-failed" role="alert">
          <UntrustedText text={state.failed} limit={300} />
        </span>
      ) : null}
      <CopyButton text={() => location.origin + url} label="Copy a link to this session" />
      <button
        type="button"
        class="button bare"
        title="Download as OTLP/JSON"
        aria-label="Download as OTLP/JSON"
        disabled={state === "busy"}
        onClick={() => run(() => download(`${url}/otlp`, `${id.replace(/[^\w.-]+/g, "-").slice(0, 80)}.otlp.json`))}
      >
        <Icon name="download" />
      </button>
      {mayDelete.value ? (
        <button
          ref={trash}
          type="button"
          class="button bare"
          title="Delete"
          aria-label="Delete this session"
          onClick={() => setState("confirming")}
        >
          <Icon name="trash" />
        </button>
      ) : null}
    </>
  );
}

/** Other viewers learn of the deletion from the stream. This page returns to the list. */
async function deleteSession(url: string): Promise<void> {
  const response = await authorisedFetch(url, { method: "DELETE" });
  if (response.ok || response.status === 404) return go(lastList.value, "replace");
  if (response.status === 403) learnMayNotDelete();
  throw new Error(`Not deleted: ${await whyNot(response)}`);
}

async function whyNot(response: Response): Promise<string> {
  const { detail } = await readProblem(response);
  return detail === "" ? `the server answered ${response.status}.` : detail;
}

/** A plain link cannot send the reader's token. */
async function download(url: string, name: string): Promise<void> {
  const response = await authorisedFetch(url);
  if (!response.ok) throw new Error(`Not exported: ${await whyNot(response)}`);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await response.blob());
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
