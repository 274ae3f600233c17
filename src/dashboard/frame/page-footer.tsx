import { lazily } from "../ui/lazy.tsx";
import type { RecentExportsProps } from "./recent-exports.tsx";

/** As high as the footer, so that nothing moves when it comes. */
const PLACE = <footer style={{ minHeight: "30px" }} />;

/** The footer of every page, which comes after its rows. */
export const PageFooter = lazily<RecentExportsProps>(
  async () => (await import("./recent-exports.tsx")).RecentExportsStrip,
  PLACE,
).Part;
