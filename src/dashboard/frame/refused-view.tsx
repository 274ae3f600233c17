import type { Refusal } from "../../client/refusal.ts";
import { CopyButton } from "../ui/copy-button.tsx";
import { lazily } from "../ui/lazy.tsx";
import { Link } from "../ui/link.tsx";
import { UntrustedText } from "../ui/untrusted-text.tsx";
import { Notice, ToSessions } from "./page-state.tsx";

const TokenForm = lazily<{ word: string; onToken: () => void }>(
  async () => (await import("./token-form.tsx")).TokenForm,
  null,
);

export type RefusedProps = { readonly refusal: Refusal; readonly retry: () => void };

/** Why the server gives no data, and what the reader can do. */
export function RefusedNotice({ refusal, retry }: RefusedProps) {
  switch (refusal.reason) {
    case "not-found":
      return <NotFound movedTo={refusal.movedTo} since={refusal.since} />;
    case "unauthorised":
      return <Unauthorised hadToken={refusal.hadToken} retry={retry} />;
    case "forbidden":
      return <Forbidden detail={refusal.detail} hadToken={refusal.hadToken} retry={retry} />;
    case "closed":
      return <Closed detail={refusal.detail} retry={retry} />;
    case "unexpected":
      return (
        <Notice title={refusal.title}>
          <p>
            {refusal.detail === "" ? (
              `The server answered ${refusal.status}.`
            ) : (
              <UntrustedText text={refusal.detail} limit={2000} />
            )}
          </p>
          <Retry retry={retry} />
        </Notice>
      );
  }
}

const Retry = ({ retry }: { retry: () => void }) => (
  <p class="actions">
    <button type="button" class="button" onClick={retry}>
      Try again
    </button>
    <ToSessions />
  </p>
);

function NotFound({ movedTo, since }: Pick<Extract<Refusal, { reason: "not-found" }>, "movedTo" | "since">) {
  if (movedTo.length > 0) {
    return (
      <Notice title="The traces of this session moved to several sessions">
        <ul>
          {movedTo.map((id) => (
            <li key={id}>
              <Link to={{ page: "session", id, span: undefined }}>
                <UntrustedText text={id} />
              </Link>
            </li>
          ))}
        </ul>
        <ToSessions />
      </Notice>
    );
  }
  if (since === "just-now") {
    return (
      <Notice title="Waiting for this session">
        <p role="status">No spans received yet. The session appears here when its first span arrives.</p>
        <p class="actions">
          <ToSessions />
        </p>
      </Notice>
    );
  }
  return (
    <Notice title="Session not found">
      <p>
        No span of this session was received, or the session was deleted. If a span arrives, the session appears here.
      </p>
      <p class="actions">
        <ToSessions />
      </p>
    </Notice>
  );
}

function Unauthorised({ hadToken, retry }: { hadToken: "yes" | "no"; retry: () => void }) {
  return (
    <Notice title="This deployment requires a token">
      <p>
        {hadToken === "yes"
          ? "The token was not accepted. Enter ADMIN_TOKEN or VIEW_TOKEN of this deployment."
          : "Enter ADMIN_TOKEN or VIEW_TOKEN of this deployment. It stays in this browser until you remove it."}
      </p>
      <TokenForm.Part word="Open" onToken={retry} />
    </Notice>
  );
}

function Forbidden({ detail, hadToken, retry }: { detail: string; hadToken: "yes" | "no"; retry: () => void }) {
  return (
    <Notice title={hadToken === "yes" ? "This token lacks permission" : "Not allowed"}>
      <p>{detail === "" ? "The server does not allow it." : <UntrustedText text={detail} limit={2000} />}</p>
      {hadToken === "yes" ? <TokenForm.Part word="Open" onToken={retry} /> : <Retry retry={retry} />}
    </Notice>
  );
}

/** The problem's detail contains the command, on a line of its own or between backticks. */
function Closed({ detail, retry }: { detail: string; retry: () => void }) {
  const command = /`([^`]+)`/.exec(detail)?.[1] ?? /\b(?:npx )?wrangler [^\n.;]+/.exec(detail)?.[0];
  return (
    <Notice title="This deployment is closed">
      <p>
        {detail === "" ? (
          "It has no token yet. Until one is set, it accepts and shows no data."
        ) : (
          <UntrustedText text={detail.replaceAll("`", "")} limit={2000} />
        )}
      </p>
      {command === undefined ? null : (
        <p class="command">
          <code>{command}</code>
          <CopyButton text={() => command} label="Copy the command" />
        </p>
      )}
      <Retry retry={retry} />
    </Notice>
  );
}
