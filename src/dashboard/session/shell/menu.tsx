import { sessionPath } from "../../address/address.ts";
import { useEffect, useRef, useState } from "preact/hooks";
import { whyFailed, whyRefused } from "../../../client/refusal.ts";
import type { SessionSummary } from "../../../session/summary.ts";
import { deleteSoon } from "../../frame/delete-soon.ts";
import type { KnownRetention } from "../../frame/retention.ts";
import { authorisedFetch, mayDelete } from "../../server.ts";
import { ActionIcon } from "../../ui/action-icons.tsx";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import { SessionDetails } from "./details.tsx";

type State = "ready" | "confirming" | "busy" | { readonly failed: string };

export type MenuProps = {
  readonly id: string;
  readonly summary: SessionSummary;
  readonly retention: KnownRetention | undefined;
};

/** Export, deletion and details. */
export function SessionMenu({ id, summary, retention }: MenuProps) {
  const [state, setState] = useState<State>("ready");
  const cancel = useRef<HTMLButtonElement>(null);
  const url = sessionPath(id);
  const file = id.replace(/[^\w.-]+/g, "-").slice(0, 80);
  useEffect(() => {
    if (state === "confirming") cancel.current?.focus();
  }, [state]);
  const run = (work: () => Promise<void>): void => {
    setState("busy");
    work().then(
      () => setState("ready"),
      (error: unknown) => setState({ failed: whyFailed(error) }),
    );
  };
  return (
    <>
      <div class="menu-actions">
        {state === "confirming" ? (
          <>
            <span role="alert">Delete this session for everyone?</span>
            <button type="button" class="button danger" onClick={() => deleteSoon(id, summary.title || id)}>
              Delete
            </button>
            <button ref={cancel} type="button" class="button" onClick={() => setState("ready")}>
              Cancel
            </button>
          </>
        ) : (
          <>
            <button
              type="button"
              class="button"
              disabled={state === "busy"}
              onClick={() => run(() => download(`${url}/otlp`, `${file}.otlp.json`))}
            >
              <ActionIcon name="download" />
              OTLP/JSON
            </button>
            <button
              type="button"
              class="button"
              disabled={state === "busy"}
              onClick={() => run(() => download(url, `${file}.md`, "text/markdown"))}
            >
              <ActionIcon name="download" />
              Transcript
            </button>
            {mayDelete.value ? (
              <button
                type="button"
                class="button danger"
                aria-label="Delete this session"
                disabled={state === "busy"}
                onClick={() => setState("confirming")}
              >
                <ActionIcon name="trash" />
                Delete
              </button>
            ) : null}
          </>
        )}
      </div>
      {typeof state === "object" ? (
        <p class="bad" role="alert">
          <UntrustedText text={state.failed} limit={300} />
        </p>
      ) : null}
      <SessionDetails summary={summary} retention={retention} />
    </>
  );
}

/** A plain link cannot send the reader's token. */
async function download(url: string, name: string, type?: string): Promise<void> {
  const response = await authorisedFetch(url, type === undefined ? {} : { headers: { accept: type } });
  if (!response.ok) throw new Error(`Not exported: ${await whyRefused(response)}`);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await response.blob());
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
