import type { ComponentChildren } from "preact";
import type { QueryRequest } from "../../trace/rerun/query-request.ts";
import { CopyButton } from "../frame/copy-button.tsx";
import { useAnswer } from "../server/use-answer.ts";
import { Conversation } from "../content/conversation.tsx";
import { LongText } from "../content/long-text.tsx";
import { Hostile } from "../text/hostile.tsx";
import { Answered, Incomplete } from "./answered.tsx";
import { readRequest } from "./read-request.ts";

/** What was asked, of whom, and with what: all that it takes to ask it again. */
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
        <Fact name="Query" text={name} />
        <Fact name="Namespace" text={namespace} />
        <Fact name={target?.type === undefined ? "Target" : `Target (${target.type})`} text={target?.name} />
        <Fact name="Session" text={sessionId} />
        <Fact name="Conversation" text={conversationId} />
      </dl>
      <Part title="Input">
        {messages !== undefined ? (
          <Conversation messages={messages} />
        ) : input === undefined ? (
          <p class="muted">No span says what it was asked.</p>
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
                  <Hostile text={parameter.name} limit={256} />
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
        <Hostile text={text} limit={300} />
      </dd>
    </div>
  );
