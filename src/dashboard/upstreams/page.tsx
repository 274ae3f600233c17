import { useEffect, useState } from "preact/hooks";
import type { UpstreamListAnswer } from "../../api/upstream-schema.ts";
import { Masthead } from "../frame/masthead.tsx";
import { Loading } from "../frame/page-state.tsx";
import { RefusedView } from "../frame/refused.tsx";
import { setTitle } from "../frame/tab-title.ts";
import { AddUpstream } from "./add-upstream.tsx";
import { readUpstreams, type UpstreamsAnswer } from "./requests.ts";
import { UpstreamCard } from "./upstream-card.tsx";
import "./upstreams.css";

/** So often the list is read again, milliseconds. */
const AGAIN = 10_000;

/** Where traces go on to. */
export function UpstreamsPage() {
  const [answer, setAnswer] = useState<UpstreamsAnswer>();
  // It stays while it can't be read again, with what a reader has typed below it.
  const [list, setList] = useState<UpstreamListAnswer>();
  const [added, setAdded] = useState<{ readonly name: string; readonly at: number }>();
  const load = async (): Promise<void> => {
    const next = await readUpstreams();
    setAnswer(next);
    if (next.state === "here") setList(next.list);
  };
  useEffect(() => {
    setTitle("Upstreams · Spanfold");
    void load();
    const timer = setInterval(() => document.hidden || void load(), AGAIN);
    return () => clearInterval(timer);
  }, []);
  return (
    <div class="frame">
      <Masthead>
        <h1 class="crumb-here">Upstreams</h1>
      </Masthead>
      {answer === undefined ? (
        <main>
          <Loading what="upstreams" />
        </main>
      ) : answer.state === "refused" ? (
        <main>
          <RefusedView refusal={answer.refusal} retry={() => void load()} />
        </main>
      ) : (
        // It scrolls, also by keys.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <main class="upstreams scroller" tabIndex={0}>
          {answer.state === "failed" ? (
            <p role="alert" class="upstreams-failed">{`The upstreams could not be read: ${answer.why}.`}</p>
          ) : null}
          {list === undefined ? null : (
            <>
              <p class="muted">
                Traces that Spanfold receives go on to these backends, and log records and metrics where wanted: whole,
                in order, at least once.
              </p>
              {list.upstreams.length === 0 ? <p>No upstream yet.</p> : null}
              <ul class="upstreams-list">
                {list.upstreams.map((upstream) => (
                  <UpstreamCard
                    key={upstream.name}
                    upstream={upstream}
                    isNew={upstream.name === added?.name}
                    onChange={() => void load()}
                  />
                ))}
              </ul>
              <AddUpstream
                key={added?.at}
                presets={list.presets}
                taken={list.upstreams.map(({ name }) => name)}
                onAdded={(name) => {
                  setAdded({ name, at: Date.now() });
                  void load();
                }}
              />
            </>
          )}
        </main>
      )}
    </div>
  );
}
