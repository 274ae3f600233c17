import { useMemo } from "preact/hooks";
import type { Passage } from "../../../session/transcript/passage.ts";
import type { Failure, ToolStep } from "../../../session/transcript/transcript.ts";
import { lazily } from "../../ui/lazy.tsx";
import { Prose, type ProseForm } from "../../ui/markdown/prose.tsx";
import { Icon } from "../../ui/icons.tsx";
import { LongText } from "../content/long-text.tsx";
import { dataOf, textOf } from "./step-texts.ts";

const Tree = lazily<{ value: unknown }>(async () => (await import("../../ui/markdown/json-tree.tsx")).JsonTree);

/** What a user or a model said. */
export const ProsePassage = ({ passage, form }: { readonly passage: Passage; readonly form: ProseForm }) => (
  <Prose text={textOf(passage)} form={form} />
);

/** What a tool was given or gave: data as a tree. */
export function DataPassage({ passage, form }: { readonly passage: Passage; readonly form: ProseForm }) {
  const data = useMemo(() => (form === "raw" ? undefined : dataOf(passage)), [passage, form]);
  if (data !== undefined) return <Tree.Part value={data} />;
  return <LongText text={textOf(passage)} as="code" />;
}

type OpenToolProps = { readonly step: ToolStep; readonly form: ProseForm };

/** A call in place: arguments beside the result. */
export function OpenTool({ step, form }: OpenToolProps) {
  const { arguments: given, result, resultWithin, failure } = step;
  return (
    <div class="step-open">
      {given === undefined ? null : (
        <section>
          <h3>Arguments</h3>
          <DataPassage passage={given} form={form} />
        </section>
      )}
      {result === undefined && resultWithin === undefined ? null : (
        <section>
          <h3>Result</h3>
          {resultWithin ? (
            <p class="muted">The last answer of its steps.</p>
          ) : result === undefined ? null : (
            <DataPassage passage={result} form={form} />
          )}
        </section>
      )}
      {failure === undefined ? null : <OpenFailure failure={failure} />}
    </div>
  );
}

/** Why a step failed, whole. */
export function OpenFailure({ failure: { canceled, type, message, stacktrace } }: { readonly failure: Failure }) {
  return (
    <section class="step-failure">
      <h3 class="failed">
        <Icon name="error" />
        {canceled ? "Canceled" : "Error"}
        {type === undefined ? null : <code>{type.slice(0, 200)}</code>}
      </h3>
      {message === undefined ? null : <LongText text={textOf(message)} as="code" />}
      {stacktrace === undefined || stacktrace.text === message?.text ? null : (
        <details>
          <summary>Stack trace</summary>
          <LongText text={textOf(stacktrace)} as="code" />
        </details>
      )}
    </section>
  );
}
