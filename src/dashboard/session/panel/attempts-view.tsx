import { useMemo, useState } from "preact/hooks";
import { comparedAttempts } from "../../../session/inspector/attempts.ts";
import type { Attempts, Compared } from "../../../session/inspector/attempts.ts";
import type { StepReader } from "../../../session/inspector/step-reader.ts";
import type { TreeNode } from "../../../session/tree/tree.ts";
import { firstLine } from "../../../lib/one-line.ts";
import { lazily } from "../../ui/lazy.tsx";
import { UntrustedText } from "../../ui/untrusted-text.tsx";

const Changes = lazily<Compared>(async () => (await import("./changes-view.tsx")).ChangesView);

type AttemptsProps = {
  readonly node: TreeNode;
  readonly attempts: Attempts;
  readonly reader: StepReader;
  readonly onSelect: (key: string) => void;
};

/** A call that was tried more than once: the attempts before and after, and what changed since the one before. */
export function AttemptsView({ node, attempts, reader, onSelect }: AttemptsProps) {
  const { number, of, before, after } = attempts;
  const compared = useMemo(
    () => (before === undefined ? undefined : comparedAttempts(before, node, reader)),
    [before, node, reader],
  );
  const [isOpen, setOpen] = useState(false);
  const isSame = compared !== undefined && compared.input.before === compared.input.now;
  return (
    <section class="section attempts" aria-label="Attempts">
      <header>
        <h3>{`Attempt ${number} of ${of}`}</h3>
        {before === undefined ? null : <AttemptLink node={before} word="attempt before" onSelect={onSelect} />}
        {after === undefined ? null : <AttemptLink node={after} word="next attempt" onSelect={onSelect} />}
      </header>
      {compared === undefined ? null : (
        <>
          <p>
            <Outcome text={compared.outcome.before} />
            {" → "}
            <Outcome text={compared.outcome.now} />
          </p>
          {isSame ? (
            <p class="muted">The input is the same.</p>
          ) : (
            <details open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
              <summary>What changed in the input</summary>
              {isOpen ? <Changes.Part {...compared.input} /> : null}
            </details>
          )}
        </>
      )}
    </section>
  );
}

const MAX_LINE = 120;

function Outcome({ text }: { readonly text: string }) {
  return (
    <span class={text.startsWith("✗") ? "panel-failed" : undefined}>
      <UntrustedText text={firstLine(text, MAX_LINE) ?? ""} limit={MAX_LINE} />
    </span>
  );
}

const AttemptLink = ({
  node,
  word,
  onSelect,
}: {
  readonly node: TreeNode;
  readonly word: string;
  readonly onSelect: (key: string) => void;
}) => (
  <button type="button" class="link" onClick={() => onSelect(node.key)}>
    {word}
  </button>
);
