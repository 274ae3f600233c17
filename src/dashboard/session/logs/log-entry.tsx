import { contentOf } from "../../../content/content-value.ts";
import type { ViewRecord } from "../../../session/view/log-view.ts";
import { Attributes } from "../content/attributes.tsx";
import { ContentView } from "../content/content-view.tsx";
import type { OffloadedValues } from "../content/offloaded-values.tsx";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import { nameOf } from "./log-line.ts";
import { severityOf } from "./severity.ts";
import "./logs.css";

/** A record's severity as a word, because some readers cannot see its colour. */
export function SeverityWord({ record }: Pick<ViewRecord, "record">) {
  const { word, as } = severityOf(record);
  return word === "" ? <span class="severity" /> : <span class={`severity severity-${as}`}>{word}</span>;
}

/** The record's name, if it is an event. */
export function LogName({ record }: Pick<ViewRecord, "record">) {
  const name = nameOf(record);
  if (name === "") return null;
  return (
    <span class="log-name">
      <UntrustedText text={name} limit={120} />
    </span>
  );
}

/** The whole content of a record: its body, then its attributes. */
export function LogContent({ view: { record }, values }: { view: ViewRecord; values: OffloadedValues }) {
  const { body, attributes = [], droppedAttributesCount } = record;
  return (
    <>
      {body === undefined ? null : (
        <div class="log-body">
          <ContentView content={contentOf(values.fetched.get(body.offloaded?.hash ?? "") ?? body)} values={values} />
        </div>
      )}
      {attributes.length === 0 ? null : (
        <Attributes attributes={attributes} values={values} dropped={droppedAttributesCount} />
      )}
    </>
  );
}
