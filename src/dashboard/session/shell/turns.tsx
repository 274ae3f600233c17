import { useRef } from "preact/hooks";
import type { QuerySummary } from "../../../session/summary.ts";
import { shortId } from "../../../session/tree/closed-rows.ts";
import { count } from "../../../lib/figures.ts";
import { memoized } from "../../ui/memoized.tsx";
import { oneLine } from "../../ui/untrusted-text.tsx";
import "./choices.css";

export type TurnsProps = {
  /** By start. */
  readonly queries: readonly QuerySummary[];
  /** The short id of the turn that is read alone. */
  readonly turn: string | undefined;
  readonly onTurn: (turn: string | undefined) => void;
};

/** More turns are a list. */
const MOST_BUTTONS = 4;
const MAX_NAME = 60;
/** A list of more options takes the browser long. */
const MOST_OPTIONS = 300;

type Turn = { readonly id: string; readonly word: string; readonly asked: string };

const Options = memoized(({ turns }: { readonly turns: readonly Turn[] }) => (
  <>
    {turns.map(({ id, word, asked }) => (
      <option key={id} value={id}>
        {asked === "" ? word : `${word}: ${asked}`}
      </option>
    ))}
  </>
));

/** Turns that follow each other. A long list changes at its end: the other blocks are not drawn again. */
type Block = { readonly of: readonly QuerySummary[]; readonly turns: readonly Turn[] };
const BLOCK = 16;

function blocksOf(queries: readonly QuerySummary[], known: readonly Block[]): readonly Block[] {
  const blocks: Block[] = [];
  for (let from = 0; from < queries.length; from += BLOCK) {
    const of = queries.slice(from, from + BLOCK);
    const last = known[blocks.length];
    if (last !== undefined && last.of.length === of.length && of.every((query, at) => query === last.of[at])) {
      blocks.push(last);
      continue;
    }
    const turns = of.map((query, at) => ({
      id: shortId(query),
      word: `Turn ${from + at + 1}`,
      asked: oneLine(query.prompt ?? query.name, MAX_NAME),
    }));
    blocks.push({ of, turns });
  }
  return blocks;
}

/** The turns of a session, to read one alone. Nothing if there is one. */
export function Turns({ queries, turn, onTurn }: TurnsProps) {
  const known = useRef<readonly Block[]>([]);
  const blocks = (known.current = blocksOf(queries.slice(0, MOST_OPTIONS), known.current));
  if (queries.length < 2) return null;
  if (queries.length <= MOST_BUTTONS) {
    return (
      <span class="turns" role="group" aria-label="Turns">
        {blocks[0]?.turns.map(({ id, word, asked }) => (
          <button
            key={id}
            type="button"
            class="kind"
            aria-pressed={id === turn}
            title={asked}
            onClick={() => onTurn(id === turn ? undefined : id)}
          >
            {word}
          </button>
        ))}
      </span>
    );
  }
  return (
    <select
      class="field turns-list"
      aria-label="Turn"
      value={turn ?? ""}
      onChange={({ currentTarget: { value } }) => onTurn(value === "" ? undefined : value)}
    >
      <option value="">All turns</option>
      {blocks.map((block, at) => (
        <Options key={at} turns={block.turns} />
      ))}
      {queries.length <= MOST_OPTIONS ? null : (
        <option disabled>{`and ${count(queries.length - MOST_OPTIONS)} more`}</option>
      )}
    </select>
  );
}
