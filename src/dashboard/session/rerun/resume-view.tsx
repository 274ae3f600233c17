import type { QueryRequest } from "../../../session/rerun/query-request.ts";
import type { OpenCall, ResumePoint } from "../../../session/rerun/resume-point.ts";
import { CopyButton } from "../../ui/copy-button.tsx";
import { KindIcon } from "../../ui/icons.tsx";
import { now } from "../../clock.ts";
import { useAnswer } from "../../answer.ts";
import { Conversation } from "../content/conversation.tsx";
import { DataView } from "../content/data-view.tsx";
import { counted, ticking } from "../../../lib/figures.ts";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import { toMillis } from "../../ui/moments.ts";
import { readResume } from "./request-answer.ts";
import { Answered, Incomplete, Part } from "./request-view.tsx";
import "../content/content.css";

/** Where the query stopped: the messages so far, and the unanswered calls. */
export function ResumeView({ url, onSpan }: { url: string; onSpan: (spanId: string) => void }) {
  const answer = useAnswer(`${url}?for=resume`, "application/json", readResume);
  return <Answered answer={answer}>{(resume) => <Resume resume={resume} onSpan={onSpan} />}</Answered>;
}

function Resume({ resume, onSpan }: { resume: QueryRequest & ResumePoint; onSpan: (spanId: string) => void }) {
  const { messages, results, unanswered } = resume;
  return (
    <>
      <Incomplete fields={resume.incomplete} />
      <Part
        title={
          unanswered.length === 0 ? "Every call was answered" : `Unanswered: ${counted(unanswered.length, "call")}`
        }
      >
        {unanswered.map((call, index) => (
          <Unanswered key={index} call={call} onSpan={onSpan} />
        ))}
      </Part>
      {results.length === 0 ? null : (
        <Part title="Results since the last answer of the model">
          {results.map((result, index) => (
            <div key={index} class="part">
              <h4>
                <KindIcon kind="tool" />
                <UntrustedText text={result.name} limit={120} />
              </h4>
              <DataView value={result.result} />
            </div>
          ))}
        </Part>
      )}
      <Part title={`So far: ${counted(messages.length, "message")}`}>
        <Conversation messages={messages} />
      </Part>
      <CopyButton
        text={() => JSON.stringify(resume, null, 2)}
        label="Copy the resume point as JSON"
        word="Copy as JSON"
      />
    </>
  );
}

function Unanswered({ call, onSpan }: { call: OpenCall; onSpan: (spanId: string) => void }) {
  const { kind, name, spanId, since, failure } = call;
  return (
    <div class="part">
      <h4>
        <KindIcon kind={kind} />
        {spanId === undefined ? (
          <UntrustedText text={name || "a model"} limit={120} />
        ) : (
          <button type="button" class="link" onClick={() => onSpan(spanId)}>
            <UntrustedText text={name || "a model"} limit={120} />
          </button>
        )}
        <span class={failure === undefined ? "muted" : "bad"}>
          {failure !== undefined ? (
            <UntrustedText text={failure} limit={200} />
          ) : spanId === undefined ? (
            "no span received"
          ) : since === undefined ? (
            "running"
          ) : (
            `started ${ticking(now.value - toMillis(since))} ago`
          )}
        </span>
      </h4>
      {call.arguments === undefined ? null : <DataView value={call.arguments} />}
    </div>
  );
}
