import { useEffect, useRef, useState } from "preact/hooks";
import { rememberToken } from "../server/access.ts";

/** Takes a token, remembers it, and says so. */
export function TokenForm({ word, onToken }: { word: string; onToken: () => void }) {
  const [value, setValue] = useState("");
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  return (
    <form
      class="token"
      onSubmit={(event) => {
        event.preventDefault();
        rememberToken(value.trim());
        onToken();
      }}
    >
      <input
        ref={field}
        type="password"
        aria-label="Token"
        autocomplete="current-password"
        value={value}
        onInput={(event) => setValue(event.currentTarget.value)}
      />
      <button type="submit" class="button primary" disabled={value.trim() === ""}>
        {word}
      </button>
    </form>
  );
}
