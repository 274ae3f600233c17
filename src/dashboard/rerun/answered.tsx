import type { ComponentChildren } from "preact";
import type { Answer } from "../server/use-answer.ts";
import { Hostile } from "../text/hostile.tsx";

/** What was asked for, or why it is not here yet. */
export function Answered<Value>({
  answer,
  children,
}: {
  answer: Answer<Value>;
  children: (value: Value) => ComponentChildren;
}) {
  switch (answer.state) {
    case "reading":
      return (
        <p class="muted" role="status">
          Reading the query
        </p>
      );
    case "failed":
      return (
        <p class="rerun-failed">
          <span role="alert">
            <Hostile text={answer.why} limit={600} />
          </span>
          <button type="button" class="button" onClick={answer.again}>
            Try again
          </button>
        </p>
      );
    case "here":
      return <>{children(answer.value)}</>;
  }
}

/** What was cut when it came: to run it as it stands would be to run something else. */
export function Incomplete({ fields }: { fields: readonly string[] | undefined }) {
  if (fields === undefined || fields.length === 0) return null;
  return (
    <p class="incomplete" role="note">
      <strong>Not whole.</strong>
      {` Too large when it came, and cut: ${fields.join(", ")}.`}
    </p>
  );
}
