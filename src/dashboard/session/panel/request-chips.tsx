import { useState } from "preact/hooks";
import type { ModelRequest, OfferedTool } from "../../../facts/model-request.ts";
import { gistOf } from "../../../content/gist.ts";
import { count } from "../../../lib/figures.ts";
import { jsonText } from "../../../otel/any-value.ts";
import { ActionIcon } from "../../ui/action-icons.tsx";
import { oneLine, UntrustedText } from "../../ui/untrusted-text.tsx";
import { DataView, TextView } from "../content/data-view.tsx";

/** Tools shown at first. A coding agent offers a hundred. */
const SHOWN = 12;
const MAX_VALUE = 48;
const NO_TOOLS: readonly OfferedTool[] = [];
const NO_PARAMETERS = {};

type ChipsProps = {
  readonly request: ModelRequest;
  /** Names of the tools that the answer calls. */
  readonly called: ReadonlySet<string>;
};

/** What a request to a model offers and asks for: its tools, each with its description, and its parameters. */
export function RequestChips({ request, called }: ChipsProps) {
  const [opened, setOpened] = useState<string>();
  const [all, setAll] = useState(false);
  const { toolsOffered = NO_TOOLS, parameters = NO_PARAMETERS } = request;
  const named = Object.entries(parameters);
  if (toolsOffered.length + named.length === 0) return null;
  const ordered = [
    ...toolsOffered.filter(({ name }) => called.has(name)),
    ...toolsOffered.filter(({ name }) => !called.has(name)),
  ];
  const shown = all ? ordered : ordered.slice(0, SHOWN);
  const open = toolsOffered.find(({ name }) => name === opened);
  return (
    <section class="section request-chips" aria-label="Request">
      {toolsOffered.length === 0 ? null : (
        <div class="chip-line">
          <h3>{toolsOffered.length === 1 ? "Tool offered" : `${count(toolsOffered.length)} tools offered`}</h3>
          {shown.map(({ name }) => (
            <button
              key={name}
              type="button"
              class={called.has(name) ? "request-chip is-called" : "request-chip"}
              aria-expanded={name === opened}
              title={called.has(name) ? "The answer calls it" : undefined}
              onClick={() => setOpened(name === opened ? undefined : name)}
            >
              <UntrustedText text={name} limit={80} />
              {called.has(name) ? <ActionIcon name="done" label="called" /> : null}
            </button>
          ))}
          {shown.length < ordered.length ? (
            <button type="button" class="link" onClick={() => setAll(true)}>
              {`${count(ordered.length - shown.length)} more`}
            </button>
          ) : null}
        </div>
      )}
      {open === undefined ? null : <ToolDefinition tool={open} />}
      {named.length === 0 ? null : (
        <dl class="chip-line">
          {named.map(([name, value]) => (
            <div key={name} class="request-chip" title={oneLine(`${name}: ${jsonText(value)}`, 2_000)}>
              <dt>
                <UntrustedText text={name.replaceAll("_", " ")} limit={40} />
              </dt>
              <dd>
                <UntrustedText text={typeof value === "number" ? figure(value) : gistOf(value)} limit={MAX_VALUE} />
              </dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}

/** Whole numbers are grouped: limits of tokens are long. */
const figure = (value: number): string => (Number.isInteger(value) ? count(value) : String(value));

function ToolDefinition({ tool: { name, description, parameters } }: { readonly tool: OfferedTool }) {
  return (
    <div class="tool-definition">
      <h4>
        <UntrustedText text={name} limit={120} />
      </h4>
      {description === undefined ? <p class="muted">No description.</p> : <TextView text={description} />}
      {parameters === undefined ? null : <DataView value={parameters} />}
    </div>
  );
}
