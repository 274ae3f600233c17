import type { ComponentChildren } from "preact";
import { oneLine, UntrustedText } from "../../ui/untrusted-text.tsx";
import { Icon } from "../../ui/icons.tsx";
import { Link } from "../../ui/link.tsx";
import type { ListView } from "../../address/list-view.ts";
import { timeWords } from "./time-choice.ts";
import type { NameField } from "../../../session/list/search-text.ts";

const WORDS: Readonly<Record<NameField, string>> = {
  agent: "Agent",
  model: "Model",
  tool: "Tool",
  namespace: "Namespace",
  service: "Service",
};

export const fieldWord = (field: NameField): string => WORDS[field];

/** The filters besides search and status, each with a link that removes it. */
export function Chips({ view }: { view: ListView }) {
  const time = timeWords(view);
  if (view.names.length === 0 && time === "") return null;
  return (
    <ul class="chips" aria-label="Filters">
      {view.names.map((choice) => (
        <Chip
          key={choice.join("\n")}
          without={{ ...view, names: view.names.filter((other) => other !== choice) }}
          what={`${fieldWord(choice[0])} ${choice[1]}`}
        >
          <span class="muted">{fieldWord(choice[0])}</span>
          <UntrustedText text={choice[1]} limit={60} />
        </Chip>
      ))}
      {time === "" ? null : (
        <Chip without={{ ...view, since: "", until: "" }} what={time}>
          {time}
        </Chip>
      )}
    </ul>
  );
}

function Chip(props: { without: ListView; what: string; children: ComponentChildren }) {
  return (
    <li class="chip">
      {props.children}
      <Link
        class="chip-out"
        to={{ page: "list", view: props.without }}
        title="Remove"
        label={`Remove ${oneLine(props.what, 80)}`}
      >
        <Icon name="close" />
      </Link>
    </li>
  );
}
