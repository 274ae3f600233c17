import type { QuerySummary } from "../../../session/summary.ts";
import { shortId } from "../../../session/tree/closed-rows.ts";
import { count } from "../../../lib/figures.ts";
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

/** The turns of a session, to read one alone. Nothing if there is one. */
export function Turns({ queries, turn, onTurn }: TurnsProps) {
  if (queries.length < 2) return null;
  const turns = queries.slice(0, MOST_OPTIONS).map((query, at) => ({
    id: shortId(query),
    word: `Turn ${at + 1}`,
    asked: oneLine(query.prompt ?? query.name, MAX_NAME),
  }));
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
      {turns.map(({ id, word, asked }) => (
        <option key={id} value={id}>
          {asked === "" ? word : `${word}: ${asked}`}
        </option>
      ))}
      {queries.length <= MOST_OPTIONS ? null : (
        <option disabled>{`and ${count(queries.length - MOST_OPTIONS)} more`}</option>
      )}
    </select>
  );
}
