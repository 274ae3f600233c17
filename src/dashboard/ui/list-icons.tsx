import type { ComponentChildren } from "preact";
import { IconFrame } from "./icons.tsx";

/** Icons of lists and their tools, which a session needs later or never. */
const ICONS = {
  upload: <path d="M8 10.5V3M4.5 6 8 2.5 11.5 6M2.5 13.5h11" />,
  columns: <path d="M2.75 3.25h10.5v9.5H2.75ZM6.25 3.25v9.5M9.75 3.25v9.5" />,
  filter: <path d="M2.5 4h11M4.5 8h7M6.5 12h3" />,
  up: <path d="M8 13V3.5M4 7l4-4 4 4" />,
  bell: <path d="M3.5 11.5h9l-1.25-2V7a3.25 3.25 0 0 0-6.5 0v2.5ZM6.5 13.75h3" />,
} satisfies Record<string, ComponentChildren>;

type ListIconName = keyof typeof ICONS;

/** Needs a label if no word stands beside it. */
export const ListIcon = ({ name, label }: { name: ListIconName; label?: string }) => (
  <IconFrame label={label}>{ICONS[name]}</IconFrame>
);
