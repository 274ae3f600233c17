import { countKinds, foldsPlumbing, KIND_GROUPS, type KindGroup } from "../../../session/kind-filter.ts";
import type { SpanKind } from "../../../facts/facts.ts";
import type { SessionTree } from "../../../session/tree/tree.ts";
import type { KindChoice, ReadingName } from "../../address/reading-view.ts";
import { count } from "../../../lib/figures.ts";
import { Icon, KindIcon } from "../../ui/icons.tsx";
import "./choices.css";

export type KindTogglesProps = {
  readonly tree: SessionTree;
  readonly view: ReadingName;
  readonly chosen: ReadonlySet<KindChoice>;
  readonly onChosen: (chosen: ReadonlySet<KindChoice>) => void;
};

const GROUPS = [
  ["models", "model", "llm"],
  ["tools", "tool", "tool"],
  ["agents", "agent", "agent"],
] as const satisfies readonly (readonly [KindGroup, string, SpanKind])[];

/** Which spans all readings show. Without a choice, all. */
export function KindToggles({ tree, view, chosen, onChosen }: KindTogglesProps) {
  const counts = countKinds(tree);
  const toggle = (kinds: readonly KindChoice[]): void => onChosen(toggledKinds(chosen, kinds));
  const plural = (value: number, word: string): string => (value === 1 ? word : `${word}s`);
  return (
    <span class="kinds" role="group" aria-label="Kinds">
      {GROUPS.map(([group, word, icon]) =>
        counts[group] === 0 ? null : (
          <button
            key={group}
            type="button"
            class="kind"
            aria-pressed={hasAll(chosen, KIND_GROUPS[group])}
            title={`Show ${plural(2, word)}`}
            onClick={() => toggle(KIND_GROUPS[group])}
          >
            <KindIcon kind={icon} />
            {count(counts[group])}
            <span class="kind-word">{plural(counts[group], word)}</span>
          </button>
        ),
      )}
      {counts.errors === 0 ? null : (
        <button
          type="button"
          class="kind kind-errors"
          aria-pressed={chosen.has("errors")}
          title="Show the errors only"
          onClick={() => toggle(["errors"])}
        >
          <Icon name="error" />
          {count(counts.errors)}
          <span class="kind-word">{plural(counts.errors, "error")}</span>
        </button>
      )}
      {view !== "timeline" || !foldsPlumbing(counts) ? null : (
        <button
          type="button"
          class="kind kind-plumbing"
          aria-pressed={chosen.has("plumbing")}
          title="Requests, queries of databases and other spans between the steps"
          onClick={() => toggle(["plumbing"])}
        >
          <KindIcon kind="internal" />
          {count(counts.plumbing)}
          <span class="kind-word">{chosen.has("plumbing") ? "shown" : "hidden"}</span>
        </button>
      )}
    </span>
  );
}

const hasAll = (chosen: ReadonlySet<KindChoice>, kinds: readonly KindChoice[]): boolean =>
  kinds.every((kind) => chosen.has(kind));

/** All of the kinds added, or, if they were chosen, removed. */
export function toggledKinds(chosen: ReadonlySet<KindChoice>, kinds: readonly KindChoice[]): ReadonlySet<KindChoice> {
  const next = new Set(chosen);
  const isChosen = hasAll(chosen, kinds);
  for (const kind of kinds) {
    if (isChosen) next.delete(kind);
    else next.add(kind);
  }
  return next;
}
