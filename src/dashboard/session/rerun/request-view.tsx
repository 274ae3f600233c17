import type { QueryRequest } from "../../../session/rerun/query-request.ts";
import { useAnswer } from "../../answer.ts";
import type { Answer } from "../../answer.ts";
import { CopyButton } from "../../ui/copy-button.tsx";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import { Conversation } from "../content/conversation.tsx";
import { LongText } from "../content/long-text.tsx";
import { readRequest } from "./request-answer.ts";
import type { ComponentChildren } from "preact";

/** The request of a query: input, target and parameters. */
export function RequestView({ url }: { url: string }) {
  const answer = useAnswer(url, "application/json", readRequest);
  return <Answered answer={answer}>{(request) => <Request request={request} />}</Answered>;
}

function Request({ request }: { request: QueryRequest }) {
  const { name, namespace, target, input, messages, parameters = [], sessionId, conversationId } = request;
  return (
    <>
      <Incomplete fields={request.incomplete} />
      <dl class="facts">
        <Fact name="Name" text={name} />
        <Fact name="Namespace" text={namespace} />
        <Fact name={target?.type === undefined ? "Target" : `Target (${target.type})`} text={target?.name} />
        <Fact name="Session" text={sessionId} />
        <Fact name="Conversation" text={conversationId} />
      </dl>
      <Part title="Input">
        {messages !== undefined ? (
          <Conversation messages={messages} />
        ) : input === undefined ? (
          <p class="muted">No input received.</p>
        ) : (
          <LongText text={input} as="prose" />
        )}
      </Part>
      {parameters.length === 0 ? null : (
        <Part title="Parameters">
          <dl class="attributes">
            {parameters.map((parameter, index) => (
              <div key={`${parameter.name}/${index}`}>
                <dt>
                  <UntrustedText text={parameter.name} limit={256} />
                </dt>
                <dd>
                  <LongText text={parameter.value} as="code" />
                </dd>
                <CopyButton text={() => parameter.value} label="Copy the value" />
              </div>
            ))}
          </dl>
        </Part>
      )}
      <CopyButton text={() => JSON.stringify(request, null, 2)} label="Copy the request as JSON" word="Copy as JSON" />
    </>
  );
}

export const Part = ({ title, children }: { title: string; children: ComponentChildren }) => (
  <div class="rerun-part">
    <h4>{title}</h4>
    {children}
  </div>
);

const Fact = ({ name, text }: { name: string; text: string | undefined }) =>
  text === undefined || text === "" ? null : (
    <div>
      <dt>{name}</dt>
      <dd>
        <UntrustedText text={text} limit={300} />
      </dd>
    </div>
  );

/** A response, or its loading state. */
export function Answered<Value>({
  answer,
  children,
}: {
  answer: Answer<Value>;
  children: (value: Value) => ComponentChildren;
}) {
  switch (answer.state) {
    case "reading":
      return (
        <p class="muted" role="status">
          Loading the request
        </p>
      );
    case "failed":
      return (
        <p class="rerun-failed">
          <span role="alert">
            <UntrustedText text={answer.why} limit={600} />
          </span>
          <button type="button" class="button" onClick={answer.again}>
            Try again
          </button>
        </p>
      );
    case "here":
      return <>{children(answer.value)}</>;
  }
}

/** Truncated fields: a new run with them would differ from the original. */
export function Incomplete({ fields }: { fields: readonly string[] | undefined }) {
  if (fields === undefined || fields.length === 0) return null;
  return (
    <p class="incomplete" role="note">
      <strong>Truncated.</strong>
      {` These fields were too large: ${fields.join(", ")}.`}
    </p>
  );
}
