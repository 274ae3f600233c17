import { useMemo, useRef } from "preact/hooks";
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

/** The turns of a session, to read one alone. Nothing if there is one. */
export function Turns({ queries, turn, onTurn }: TurnsProps) {
  // A long list stays as it is while turns join after it.
  const known = useRef<readonly QuerySummary[]>([]);
  const listed = queries.slice(0, MOST_OPTIONS);
  if (listed.length !== known.current.length || listed.some((query, at) => query !== known.current[at]))
    known.current = listed;
  const turns = useMemo(
    () =>
      known.current.map((query, at) => ({
        id: shortId(query),
        word: `Turn ${at + 1}`,
        asked: oneLine(query.prompt ?? query.name, MAX_NAME),
      })),
    [known.current],
  );
  if (queries.length < 2) return null;
  if (turns.length <= MOST_BUTTONS) {
    return (
      <span class="turns" role="group" aria-label="Turns">
        {turns.map(({ id, word, asked }) => (
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
      <Options turns={turns} />
      {queries.length <= MOST_OPTIONS ? null : (
        <option disabled>{`and ${count(queries.length - MOST_OPTIONS)} more`}</option>
      )}
    </select>
  );
}
