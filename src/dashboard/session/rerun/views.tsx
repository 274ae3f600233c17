import { ManifestView } from "./manifest-view.tsx";
import { RequestView } from "./request-view.tsx";
import { ResumeView } from "./resume-view.tsx";

export type RerunView = "request" | "manifest" | "resume";

export type RerunViewProps = {
  readonly view: RerunView;
  readonly url: string;
  /** The query's name. */
  readonly name: string;
  readonly onSpan: (spanId: string) => void;
};

/** One of the views to run a query again. The page loads this file when a reader opens them: few do. */
export function RerunViewOf({ view, url, name, onSpan }: RerunViewProps) {
  if (view === "request") return <RequestView url={url} />;
  if (view === "manifest") return <ManifestView url={url} name={name} />;
  return <ResumeView url={url} onSpan={onSpan} />;
}
