import { kubectlCommand, nextName } from "./kubectl-command.ts";
import { useAnswer } from "../../answer.ts";
import { CopyButton } from "../../ui/copy-button.tsx";
import { LongText } from "../content/long-text.tsx";
import { Answered } from "./request-view.tsx";
import { useState } from "preact/hooks";

const readText = (response: Response): Promise<string> => response.text();

/** Ark's `Query` manifest with the same input, under a name that the reader chooses. */
export function ManifestView({ url, name: former }: { url: string; name: string }) {
  const [name, setName] = useState(() => nextName(former));
  const [typed, setTyped] = useState(name);
  const answer = useAnswer(`${url}?${new URLSearchParams({ name })}`, "application/yaml", readText);
  return (
    <>
      <form
        class="rerun-name"
        onSubmit={(event) => {
          event.preventDefault();
          setName(typed.trim());
        }}
      >
        <label>
          <span>Name of the new query</span>
          <input
            class="field"
            value={typed}
            spellcheck={false}
            autocomplete="off"
            maxLength={253}
            onInput={(event) => setTyped(event.currentTarget.value)}
          />
        </label>
        <button type="submit" class="button" disabled={typed.trim() === "" || typed.trim() === name}>
          Rename
        </button>
      </form>
      <Answered answer={answer}>
        {(manifest) => (
          <>
            <LongText text={manifest.trimEnd()} as="code" />
            <p class="actions">
              <CopyButton
                text={() => kubectlCommand(manifest)}
                label="Copy kubectl apply with this manifest"
                word="Copy kubectl apply -f -"
              />
              <CopyButton text={() => manifest} label="Copy the manifest" word="Copy YAML" />
            </p>
          </>
        )}
      </Answered>
    </>
  );
}
