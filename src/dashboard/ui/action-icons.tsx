import type { ComponentChildren } from "preact";
import { IconFrame } from "./icons.tsx";

/** Icons of what a reader does with a session: its first rows need none. */
const ICONS = {
  copy: (
    <>
      <rect x="5.5" y="5.5" width="8" height="8" rx="1.5" />
      <path d="M10.5 3.5A1 1 0 0 0 9.5 2.5h-6a1 1 0 0 0-1 1v6a1 1 0 0 0 1 1" />
    </>
  ),
  done: <path d="m3 8.5 3.2 3.2L13 4.8" />,
  rerun: <path d="M13 8a5 5 0 1 1-1.6-3.7M13 2.5v3h-3" />,
  back: <path d="M13 8H3.5M7 4 3 8l4 4" />,
  trash: <path d="M2.5 4.5h11M6 4.5v-2h4v2M4 4.5l.6 9h6.8l.6-9" />,
  download: <path d="M8 2.5v7.5M4.5 7 8 10.5 11.5 7M2.5 13.5h11" />,
  more: <path d="M3.5 8v.01M8 8v.01M12.5 8v.01" stroke-width="2.4" />,
  link: (
    <path d="M6.5 9.5a2.6 2.6 0 0 0 3.7 0l2.3-2.3a2.6 2.6 0 0 0-3.7-3.7l-.8.8M9.5 6.5a2.6 2.6 0 0 0-3.7 0L3.5 8.8a2.6 2.6 0 0 0 3.7 3.7l.8-.8" />
  ),
} satisfies Record<string, ComponentChildren>;

type ActionIconName = keyof typeof ICONS;

/** Needs a label if no word stands beside it. */
export const ActionIcon = ({ name, label }: { name: ActionIconName; label?: string }) => (
  <IconFrame label={label}>{ICONS[name]}</IconFrame>
);
