import { lazily } from "../ui/lazy.tsx";
import type { RefusedProps } from "./refused-view.tsx";

/** Why the server gives no data. Most readers never see it, nor load its code. */
export const RefusedView = lazily<RefusedProps>(
  async () => (await import("./refused-view.tsx")).RefusedNotice,
  null,
).Part;
