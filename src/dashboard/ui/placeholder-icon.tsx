import { IconFrame } from "./icons.tsx";

/** For a span that a child names as its parent and that was not received. It loads after the first rows. */
export const PlaceholderIcon = ({ label }: { label: string }) => (
  <IconFrame label={label}>
    <circle cx="8" cy="8" r="5.25" stroke-dasharray="2.2 3.3" />
  </IconFrame>
);
