import { useEffect, useRef, useState } from "preact/hooks";
import type { ParkedAnswer, UpstreamAnswer, UpstreamTestAnswer } from "../../api/upstream-schema.ts";
import { whyFailed } from "../../client/refusal.ts";
import { count, counted } from "../../lib/figures.ts";
import { now } from "../clock.ts";
import { Ago, Since } from "../ui/clocks.tsx";
import { toMillis } from "../ui/moments.ts";
import { UntrustedText } from "../ui/untrusted-text.tsx";
import { deleteUpstream, readParked, replayParked, testUpstream } from "./requests.ts";

const PRIMARY = "primary";
const STATES = { on: "On", failing: "Failing", off: "Off" } as const;

type CardProps = {
  readonly upstream: UpstreamAnswer;
  /** It was just added. */
  readonly isNew: boolean;
  readonly onChange: () => void;
};

/** What an upstream is, what deliveries came to, and what a reader can do with it. */
export function UpstreamCard({ upstream, isNew, onChange }: CardProps) {
  const { name, endpoint, state, failingSince, reason, rejection } = upstream;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (isNew) heading.current?.focus();
  }, [isNew]);
  return (
    <li class="upstream">
      <div class="upstream-head">
        <h2 ref={heading} tabIndex={-1}>
          {name}
        </h2>
        <span class={`upstream-state upstream-${state}`}>
          {STATES[state]}
          {state === "failing" && failingSince !== undefined ? (
            <>
              {" for "}
              <Since millis={toMillis(failingSince)} clock={now} />
            </>
          ) : null}
        </span>
      </div>
      <p class="upstream-endpoint">
        <UntrustedText text={endpoint === "" ? "no endpoint" : endpoint} limit={300} />
        <span class="muted">
          {" · "}
          <UntrustedText text={matchText(upstream)} limit={300} />
          {shareText(upstream)}
        </span>
      </p>
      {reason === undefined ? null : (
        <p class="upstream-reason">
          <UntrustedText text={reason} limit={600} />
        </p>
      )}
      {state === "failing" ? (
        <p class="muted">While it does not answer, deliveries wait, for 24 h at most. What it refuses is parked.</p>
      ) : null}
      <Counts upstream={upstream} />
      {rejection === undefined ? null : (
        <p class="muted">
          {"Last partial success, "}
          <Ago millis={toMillis(rejection.at)} clock={now} />
          {": "}
          <UntrustedText text={rejection.reason} limit={600} />
        </p>
      )}
      <Actions upstream={upstream} onChange={onChange} />
    </li>
  );
}

function Counts({ upstream }: Pick<CardProps, "upstream">) {
  const { delivered, deliveredLogs, deliveredMetrics, rejected, parked, waiting, lastAttempt } = upstream;
  const others = [
    ...(upstream.logs === "sent" ? [counted(deliveredLogs, "log record")] : []),
    ...(upstream.metrics === "sent" ? [counted(deliveredMetrics, "data point")] : []),
  ];
  const waits = [
    ...(waiting.spans > 0 ? [counted(waiting.spans, "span")] : []),
    ...(waiting.logRecords > 0 ? [counted(waiting.logRecords, "log record")] : []),
  ].join(", ");
  return (
    <dl class="upstream-counts">
      <div>
        <dt>Delivered</dt>
        <dd>{[counted(delivered, "span"), ...others].join(", ")}</dd>
      </div>
      <div>
        <dt>Waiting</dt>
        <dd>
          {waiting.traces === 0 ? "none" : `${waiting.isPartial === true ? "at least " : ""}${waits}`}
          {waiting.oldest === undefined ? null : (
            <>
              {", for "}
              <Since millis={toMillis(waiting.oldest)} clock={now} />
            </>
          )}
        </dd>
      </div>
      <div>
        <dt>Rejected</dt>
        <dd>{count(rejected)}</dd>
      </div>
      <div>
        <dt>Parked</dt>
        <dd>{counted(parked, "trace")}</dd>
      </div>
      <div>
        <dt>Last attempt</dt>
        <dd>{lastAttempt === undefined ? "none yet" : <Ago millis={toMillis(lastAttempt)} clock={now} />}</dd>
      </div>
    </dl>
  );
}

type Shown =
  | { readonly of: "busy"; readonly what: string }
  | { readonly of: "test"; readonly result: UpstreamTestAnswer }
  | { readonly of: "parked"; readonly result: ParkedAnswer }
  | { readonly of: "deletion" }
  | { readonly of: "said"; readonly text: string };

function Actions({ upstream: { name, state, parked }, onChange }: Omit<CardProps, "isNew">) {
  const [shown, setShown] = useState<Shown>();
  const isBusy = shown?.of === "busy";
  const act = (what: string, work: () => Promise<Shown | undefined>): void => {
    setShown({ of: "busy", what });
    void work()
      .catch((error: unknown): Shown => ({ of: "said", text: whyFailed(error) }))
      .then(setShown)
      .then(onChange);
  };
  const test = async (): Promise<Shown> => ({ of: "test", result: await testUpstream(name) });
  const replay = async (): Promise<Shown> => ({
    of: "said",
    text: `${counted(await replayParked(name), "trace")} on the way again`,
  });
  const remove = async (): Promise<undefined> => {
    await deleteUpstream(name);
    return undefined;
  };
  return (
    <>
      <div class="actions upstream-actions">
        <button
          type="button"
          class="button"
          disabled={isBusy || state === "off"}
          title="Sends one marked span"
          aria-label={`Test ${name}`}
          onClick={() => act("Sending one span", test)}
        >
          Test
        </button>
        {parked === 0 ? null : (
          <>
            <button
              type="button"
              class="button"
              disabled={isBusy}
              aria-label={`Replay parked of ${name}`}
              onClick={() => act("Replaying", replay)}
            >
              Replay parked
            </button>
            <button
              type="button"
              class="button"
              disabled={isBusy}
              aria-label={`Why parked? ${name}`}
              onClick={() => act("Reading", async () => ({ of: "parked", result: await readParked(name) }))}
            >
              Why parked?
            </button>
          </>
        )}
        {name === PRIMARY ? (
          <span class="muted">Set by the program’s own OTEL_EXPORTER_OTLP_… variables</span>
        ) : (
          <button
            type="button"
            class="button danger"
            disabled={isBusy}
            aria-label={`Delete ${name}`}
            onClick={() => setShown({ of: "deletion" })}
          >
            Delete
          </button>
        )}
      </div>
      {shown?.of === "deletion" ? (
        <div class="actions upstream-deletion" role="group" aria-label={`Deletion of ${name}`}>
          <span>Nothing more goes there, and its headers and list of parked traces are deleted.</span>
          <button type="button" class="button danger" onClick={() => act("Deleting", remove)}>
            {`Delete ${name}`}
          </button>
          <button type="button" class="button" onClick={() => setShown(undefined)}>
            Keep
          </button>
        </div>
      ) : null}
      <div role="status">{shown === undefined || shown.of === "deletion" ? null : <Outcome shown={shown} />}</div>
    </>
  );
}

const OUTCOMES: Readonly<Record<UpstreamTestAnswer["outcome"], string>> = {
  accepted: "Accepted",
  retry: "Not accepted; a delivery would be sent again",
  refused: "Refused; a delivery would be parked",
  split: "Too large",
};

function Outcome({ shown }: { shown: Exclude<Shown, { of: "deletion" }> }) {
  switch (shown.of) {
    case "busy":
      return <p class="muted">{`${shown.what}…`}</p>;
    case "said":
      return (
        <p>
          <UntrustedText text={shown.text} limit={600} />
        </p>
      );
    case "test": {
      const { outcome, status, millis, reason, body } = shown.result;
      return (
        <div class={`upstream-test upstream-test-${outcome}`}>
          <p>
            <strong>{OUTCOMES[outcome]}</strong>
            {` · ${status === undefined ? "no answer" : `status ${status}`} · ${count(millis)} ms`}
          </p>
          {reason === undefined ? null : (
            <p>
              <UntrustedText text={reason} limit={600} />
            </p>
          )}
          {body === undefined || body === "" ? null : (
            <pre>
              <UntrustedText text={body} limit={2000} />
            </pre>
          )}
        </div>
      );
    }
    case "parked":
      return <ParkedList {...shown.result} />;
  }
}

function ParkedList({ parked, total }: ParkedAnswer) {
  if (parked.length === 0) return <p>Nothing is parked.</p>;
  return (
    <>
      <ul class="upstream-parked">
        {parked.map(({ traceId, reason, at }) => (
          <li key={traceId}>
            <code>{traceId}</code>
            <span>
              <UntrustedText text={reason} limit={300} />
              {", "}
              <Ago millis={toMillis(at)} clock={now} />
            </span>
          </li>
        ))}
      </ul>
      {total > parked.length ? <p class="muted">{`and ${count(total - parked.length)} more`}</p> : null}
    </>
  );
}

function matchText({ match }: UpstreamAnswer): string {
  if (match === undefined) return "all traces";
  if ("namespace" in match) return `traces of the namespace ${match.namespace}`;
  if ("service" in match) return `traces of the service ${match.service}`;
  return `traces with ${match.attribute.key} = ${match.attribute.value}`;
}

/** A share may be far below 1 %. */
const PERCENT = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 3 });

function shareText({ sampling, errors }: UpstreamAnswer): string {
  if (sampling === 1) return "";
  return `, ${PERCENT.format(sampling * 100)} % of them${errors === "always" ? " and all with errors" : ""}`;
}
