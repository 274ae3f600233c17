import type { ComponentChildren } from "preact";
import type { SpanKind } from "../../facts/facts.ts";
import type { Status } from "../../session/liveness.ts";

/** The page's icons: 16 by 16, one stroke width, the colour of the text around. A word always stands beside the icon or in its label. */

export function IconFrame({
  label,
  class: name,
  children,
}: {
  label?: string | undefined;
  class?: string;
  children: ComponentChildren;
}) {
  return (
    <svg
      class={name === undefined ? "icon" : `icon ${name}`}
      viewBox="0 0 16 16"
      width="16"
      height="16"
      fill="none"
      stroke="currentColor"
      stroke-width="1.5"
      stroke-linecap="round"
      stroke-linejoin="round"
      {...(label === undefined ? { "aria-hidden": "true" } : { role: "img", "aria-label": label })}
    >
      {label === undefined ? undefined : <title>{label}</title>}
      {children}
    </svg>
  );
}

const KINDS: Readonly<Record<SpanKind, ComponentChildren>> = {
  query: <path d="m3 4 4 4-4 4M9 12h4" />,
  agent: (
    <>
      <rect x="2.75" y="5" width="10.5" height="8" rx="2.5" />
      <path d="M8 5V2.5M6 8.5v1M10 8.5v1" />
    </>
  ),
  team: (
    <>
      <circle cx="6" cy="8" r="3.75" />
      <path d="M9.5 4.6a3.75 3.75 0 1 1 0 6.8" />
    </>
  ),
  turn: <path d="M13 8a5 5 0 1 1-1.6-3.7M13 2.5v3h-3" />,
  llm: (
    <path d="M8 1.75c.5 3.9 2.35 5.75 6.25 6.25C10.35 8.5 8.5 10.35 8 14.25 7.5 10.35 5.65 8.5 1.75 8 5.65 7.5 7.5 5.65 8 1.75Z" />
  ),
  tool: (
    <>
      <path d="m8 1.75 5.4 3.1v6.3L8 14.25l-5.4-3.1v-6.3Z" />
      <circle cx="8" cy="8" r="2.25" />
    </>
  ),
  retrieval: (
    <>
      <circle cx="7" cy="7" r="4.25" />
      <path d="m10.2 10.2 3.3 3.3" />
    </>
  ),
  embedding: (
    <path
      d="M3.5 3.5v.01M8 3.5v.01M12.5 3.5v.01M3.5 8v.01M8 8v.01M12.5 8v.01M3.5 12.5v.01M8 12.5v.01M12.5 12.5v.01"
      stroke-width="2.4"
    />
  ),
  http: <path d="M2.5 5.5h10M10 3l2.5 2.5L10 8M13.5 10.5h-10M6 8l-2.5 2.5L6 13" />,
  db: (
    <>
      <ellipse cx="8" cy="4" rx="5" ry="2" />
      <path d="M3 4v8c0 1.1 2.2 2 5 2s5-.9 5-2V4M3 8c0 1.1 2.2 2 5 2s5-.9 5-2" />
    </>
  ),
  messaging: (
    <>
      <rect x="2" y="3.5" width="12" height="9" rx="1.5" />
      <path d="m2.5 4.5 5.5 4 5.5-4" />
    </>
  ),
  chain: (
    <>
      <circle cx="3.5" cy="8" r="1.75" />
      <circle cx="12.5" cy="8" r="1.75" />
      <path d="M5.25 8h5.5" />
    </>
  ),
  internal: <circle cx="8" cy="8" r="2.25" />,
};

const KIND_WORDS: Readonly<Record<SpanKind, string>> = {
  query: "Query",
  agent: "Agent",
  team: "Team",
  turn: "Turn",
  llm: "Model call",
  tool: "Tool call",
  retrieval: "Retrieval",
  embedding: "Embedding",
  http: "HTTP",
  db: "Database",
  messaging: "Messaging",
  chain: "Step",
  internal: "Internal",
};

export const kindWord = (kind: SpanKind): string => KIND_WORDS[kind];

export const KindIcon = ({ kind }: { kind: SpanKind }) => (
  <IconFrame label={KIND_WORDS[kind]} class={`kind-${kind}`}>
    {KINDS[kind]}
  </IconFrame>
);

const STATUSES: Readonly<Record<Status, ComponentChildren>> = {
  waiting: (
    <path d="M4.5 2.25h7M4.5 13.75h7M5 2.5c0 3.2 6 3.9 6 5.5s-6 2.3-6 5.5M11 2.5c0 3.2-6 3.9-6 5.5s6 2.3 6 5.5" />
  ),
  stalled: <path d="M8 2.5 14 13H2ZM8 6.5v3M8 11.2v.01" />,
  running: (
    <>
      <circle cx="8" cy="8" r="5.5" opacity=".3" />
      <path d="M8 2.5A5.5 5.5 0 0 1 13.5 8" />
    </>
  ),
  idle: (
    <>
      <circle cx="8" cy="8" r="5.5" />
      <path d="M5.6 8v.01M8 8v.01M10.4 8v.01" />
    </>
  ),
  failed: (
    <>
      <circle cx="8" cy="8" r="5.5" />
      <path d="m6 6 4 4M10 6l-4 4" />
    </>
  ),
  finished: <path d="m3 8.5 3.2 3.2L13 4.8" />,
};

/** The whole picture turns: a part of one that turns is laid out anew in each frame of the page. */
export const StatusIcon = ({ status }: { status: Status }) => (
  <IconFrame {...(status === "running" ? { class: "spin" } : {})}>{STATUSES[status]}</IconFrame>
);

const ICONS = {
  chevron: <path d="m6 4 4 4-4 4" />,
  pause: <path d="M5.5 3.5v9M10.5 3.5v9" stroke-width="2" />,
  replay: <path d="M3.2 6.2A5.25 5.25 0 1 1 2.75 8.6M3 2.75v3.6h3.6M8 5.5V8.2l2 1.3" />,
  play: <path d="M5 3.2v9.6L12.5 8Z" fill="currentColor" />,
  close: <path d="m4 4 8 8M12 4l-8 8" />,
  search: (
    <>
      <circle cx="7" cy="7" r="4.25" />
      <path d="m10.2 10.2 3.3 3.3" />
    </>
  ),
  logs: <path d="M2.75 4h10.5M2.75 8h10.5M2.75 12h6.5" />,
  down: <path d="M8 3v9.5M4 9l4 4 4-4" />,
  keys: (
    <>
      <rect x="1.75" y="3.75" width="12.5" height="8.5" rx="1.5" />
      <path d="M4.5 6.75v.01M7 6.75v.01M9.5 6.75v.01M11.75 6.75v.01M5 9.5h6" />
    </>
  ),
  error: (
    <>
      <circle cx="8" cy="8" r="5.5" />
      <path d="m6 6 4 4M10 6l-4 4" />
    </>
  ),
  warning: <path d="M8 2.5 14 13H2ZM8 6.5v3M8 11.2v.01" />,
  eye: (
    <>
      <path d="M1.5 8S4 3.75 8 3.75 14.5 8 14.5 8 12 12.25 8 12.25 1.5 8 1.5 8Z" />
      <circle cx="8" cy="8" r="1.75" />
    </>
  ),
} satisfies Record<string, ComponentChildren>;

type IconName = keyof typeof ICONS;

/** Needs a label if no word stands beside it. */
export const Icon = ({ name, label }: { name: IconName; label?: string }) => (
  <IconFrame label={label}>{ICONS[name]}</IconFrame>
);

/** The logo: a ribbon of spans, folded into an S. */
export const Logo = () => (
  <svg class="logo" viewBox="0 0 24 24" width="22" height="22" aria-hidden="true">
    <path class="logo-fold" d="M3 8h7l11 8h-7Z" />
    <path class="logo-span" d="M8 3h13v5H3Z" />
    <path class="logo-span" d="M3 16h18l-5 5H3Z" />
  </svg>
);
