import type { ComponentChildren } from "preact";
import {
  costsByModel,
  errorCauses,
  timeSpent,
  type ErrorCause,
  type ModelCost,
  type TimeSpent,
} from "../../../session/cards.ts";
import { KIND_GROUPS } from "../../../session/kind-filter.ts";
import { costsOf } from "../../../session/row-usage.ts";
import { count, counted, dollars, duration, shortCount } from "../../../lib/figures.ts";
import type { KindChoice } from "../../address/reading-view.ts";
import { hasCost } from "../../../session/cost-text.ts";
import { Cost, costTitle } from "../../ui/cost.tsx";
import { Icon } from "../../ui/icons.tsx";
import { oneLine, UntrustedText } from "../../ui/untrusted-text.tsx";
import type { DisplayedSession } from "../display-fold.ts";
import { tokenWords } from "../../../session/token-words.ts";
import type { SessionSignals } from "./session-signals.ts";
import "./cards.css";

export type CardsProps = {
  readonly displayed: DisplayedSession;
  readonly signals: SessionSignals;
  /** The kinds that all readings show. */
  readonly chosen: ReadonlySet<KindChoice>;
  /** Shows these kinds only, or all again if it does already. */
  readonly onChoose: (kinds: readonly KindChoice[]) => void;
  readonly onOpen: (key: string) => void;
};

const MODELS: readonly KindChoice[] = KIND_GROUPS.models;
const TOOLS: readonly KindChoice[] = KIND_GROUPS.tools;

/** Where the time and the money of a session went, its tokens and its errors. Each figure filters all readings. */
export function Cards(props: CardsProps) {
  const { summary } = props.displayed;
  const { input, output } = summary.tokens;
  return (
    <section class="cards" aria-label="Figures">
      <TimeCard {...props} />
      {hasCost(summary) ? <MoneyCard {...props} /> : null}
      {input + output === 0 ? null : <TokenCard {...props} />}
      <ErrorCard {...props} />
    </section>
  );
}

const CLASSES = [
  ["models", MODELS],
  ["tools", TOOLS],
  ["between", undefined],
  ["idle", undefined],
] as const satisfies readonly (readonly [keyof TimeSpent, readonly KindChoice[] | undefined])[];

function TimeCard(props: CardsProps) {
  const { displayed, signals } = props;
  const spent = timeSpent(displayed.tree, signals.clock.drawn.value);
  const shown = CLASSES.filter(([name]) => spent[name] > 0n);
  return (
    <div class="card">
      <p>
        <strong>{duration(spent.whole)}</strong>
        <span class="muted"> where time went</span>
      </p>
      <Shares shares={shown.map(([name]) => ({ class: `share-${name}`, part: Number(spent[name]) }))} />
      <p class="card-parts">
        {shown.map(([name, kinds]) => (
          <Part key={name} {...props} kinds={kinds} mark={`share-${name}`} title={`${name} ${duration(spent[name])}`}>
            <span class="part-name">{name}</span> <span>{duration(spent[name])}</span>
          </Part>
        ))}
      </p>
    </div>
  );
}

function MoneyCard(props: CardsProps) {
  const { tree, summary } = props.displayed;
  const models = costsByModel(tree).filter((usage) => usage.reported !== undefined || usage.estimated !== undefined);
  const costIn = (usage: ModelCost): number => costsOf(usage).cost ?? 0;
  // Beside other words two names would be too short to read.
  const named = models.length > 2 || (summary.unpriced ?? []).length > 0 ? 1 : 2;
  const left = models.slice(named);
  return (
    <div class="card" title={costTitle(summary)}>
      <p>
        <strong>
          <Cost summary={summary} />
        </strong>
        <span class="muted"> where money went</span>
      </p>
      <Shares
        shares={models.map((usage, at) => ({
          class: `share-model-${at < named ? at : "others"}`,
          part: costIn(usage),
        }))}
      />
      <p class="card-parts">
        {models.slice(0, named).map((usage, at) => (
          <Part key={usage.model} {...props} kinds={MODELS} mark={`share-model-${at}`}>
            <span class="part-name">
              <UntrustedText text={usage.model || "other"} limit={40} />
            </span>
            <span>{`${usage.estimated === undefined ? "" : "≈\u202f"}${dollars(costIn(usage))}${usage.unpriced > 0 ? "\u202f+" : ""}`}</span>
          </Part>
        ))}
        {left.length === 0 ? null : (
          <span
            class="muted"
            title={left.map((usage) => `${oneLine(usage.model, 80) || "other"} ${dollars(costIn(usage))}`).join("\n")}
          >
            {`+ ${counted(left.length, "other")}`}
          </span>
        )}
        <Unpriced names={summary.unpriced} />
      </p>
    </div>
  );
}

/** Models without a price, whose tokens the cost leaves out. */
const Unpriced = ({ names }: { names: readonly string[] | undefined }) =>
  names === undefined || names.length === 0 ? null : (
    <span class="muted unpriced">
      {"without "}
      <UntrustedText text={names.join(", ")} limit={60} />
    </span>
  );

function TokenCard(props: CardsProps) {
  const { tokens } = props.displayed.summary;
  const { input, output, cached } = tokens;
  return (
    <div class="card" title={tokenWords(tokens)}>
      <p>
        <strong>{shortCount(input + output)}</strong>
        <span class="muted"> tokens</span>
      </p>
      <p class="card-parts">
        <Part {...props} kinds={MODELS}>
          <span>{`${shortCount(input)} in`}</span>
          {cached > 0 ? (
            <>
              {" "}
              <span class="part-name">{`(${shortCount(cached)} cached)`}</span>
            </>
          ) : null}{" "}
          <span>{`· ${shortCount(output)} out`}</span>
        </Part>
      </p>
    </div>
  );
}

const AFTERMATH: Readonly<Record<ErrorCause["aftermath"], string>> = {
  recovered: "recovered",
  failed: "",
  undecided: "so far",
};

function ErrorCard(props: CardsProps) {
  const { tree, summary } = props.displayed;
  const causes = errorCauses(tree);
  const [first] = causes;
  if (first === undefined) {
    return (
      <div class="card">
        <p>
          <strong>0</strong>
          <span class="muted"> errors</span>
        </p>
        <p class="card-parts muted">{`${counted(summary.spans, "span")} in ${counted(summary.traces, "trace")}`}</p>
      </div>
    );
  }
  return (
    <div class={first.aftermath === "recovered" ? "card" : "card card-bad"} title={causes.map(causeText).join("\n")}>
      <p>
        <button
          type="button"
          class="card-errors"
          aria-pressed={props.chosen.has("errors")}
          title="Show the errors only"
          onClick={() => props.onChoose(["errors"])}
        >
          <strong class="bad">
            <Icon name="error" />
            {counted(summary.errors, "error")}
          </strong>
          <span class="muted">{` ${AFTERMATH[first.aftermath]}`}</span>
        </button>
      </p>
      <p class="card-parts">
        <button type="button" class="card-cause bad" dir="auto" onClick={() => props.onOpen(first.first)}>
          <UntrustedText text={causeText(first)} limit={200} />
        </button>
        {causes.length > 1 ? <span class="muted">{`and ${counted(causes.length - 1, "other cause")}`}</span> : null}
      </p>
    </div>
  );
}

const causeText = ({ subject, reason, count: times }: ErrorCause): string =>
  oneLine(`${subject}${reason === "" ? "" : `: ${reason}`}${times > 1 ? ` × ${count(times)}` : ""}`, 300);

type Share = { readonly class: string; readonly part: number };

/** A bar in parts. The words beside it say the same. */
function Shares({ shares }: { shares: readonly Share[] }) {
  const total = shares.reduce((sum, { part }) => sum + part, 0) || 1;
  return (
    <span class="shares" aria-hidden="true">
      {shares.map((share, at) => (
        <i key={at} class={share.class} style={{ flexGrow: (share.part / total) * 100 }} />
      ))}
    </span>
  );
}

/** A figure that filters by its kinds, or only a figure. */
function Part(
  props: Pick<CardsProps, "chosen" | "onChoose"> & {
    kinds: readonly KindChoice[] | undefined;
    mark?: string;
    title?: string;
    children: ComponentChildren;
  },
) {
  const { kinds, mark, title, chosen, onChoose, children } = props;
  const swatch = mark === undefined ? null : <i class={`swatch ${mark}`} aria-hidden="true" />;
  if (kinds === undefined) {
    return (
      <span class="card-part" title={title}>
        {swatch}
        {children}
      </span>
    );
  }
  return (
    <button
      type="button"
      class="card-part"
      title={title}
      aria-pressed={kinds.every((kind) => chosen.has(kind))}
      onClick={() => onChoose(kinds)}
    >
      {swatch}
      {children}
    </button>
  );
}
