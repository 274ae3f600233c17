import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { SPAN_KINDS } from "../../../src/facts/span-kinds.ts";
import type { StreamState } from "../../../src/client/stream-state.ts";
import { STATUSES } from "../../../src/session/list/list-filter.ts";
import { WHOLE_LIST } from "../../../src/dashboard/address/list-view.ts";
import { Masthead } from "../../../src/dashboard/frame/masthead.tsx";
import { Loading } from "../../../src/dashboard/frame/page-state.tsx";
import { RefusedView } from "../../../src/dashboard/frame/refused.tsx";
import { RecentExportsStrip } from "../../../src/dashboard/frame/recent-exports.tsx";
import { ExpiryWarning, RetentionNote } from "../../../src/dashboard/frame/retention-note.tsx";
import { ExportsTable } from "../../../src/dashboard/frame/exports-table.tsx";
import { TokenDialog } from "../../../src/dashboard/frame/token-form.tsx";
import { LongText } from "../../../src/dashboard/session/content/long-text.tsx";
import { LoadWhole, type OffloadedValues } from "../../../src/dashboard/session/content/offloaded-values.tsx";
import { Events, Links } from "../../../src/dashboard/session/panel/events-and-links.tsx";
import { ReplayStatus } from "../../../src/dashboard/session/replay/status.tsx";
import { NothingFound } from "../../../src/dashboard/sessions/nothing-found.tsx";
import { StepStrip } from "../../../src/dashboard/sessions/step-strip.tsx";
import { Coloured } from "../../../src/dashboard/ui/markdown/coloured.tsx";
import { JsonTree } from "../../../src/dashboard/ui/markdown/json-tree.tsx";
import { Markdown } from "../../../src/dashboard/ui/markdown/markdown.tsx";
import { MediaView } from "../../../src/dashboard/ui/markdown/media-view.tsx";
import { Prose } from "../../../src/dashboard/ui/markdown/prose.tsx";
import { CopyButton } from "../../../src/dashboard/ui/copy-button.tsx";
import { Cost } from "../../../src/dashboard/ui/cost.tsx";
import { ActionIcon } from "../../../src/dashboard/ui/action-icons.tsx";
import { Icon, KindIcon, kindWord } from "../../../src/dashboard/ui/icons.tsx";
import { PlaceholderIcon } from "../../../src/dashboard/ui/placeholder-icon.tsx";
import { ListIcon } from "../../../src/dashboard/ui/list-icons.tsx";
import { ProducerIcon, producerName } from "../../../src/dashboard/ui/producer.tsx";
import { StatusReason, StatusWord } from "../../../src/dashboard/ui/status.tsx";
import { StreamStatus } from "../../../src/dashboard/stream/stream-status.tsx";
import { UntrustedText } from "../../../src/dashboard/ui/untrusted-text.tsx";
import { PRESENT } from "./captured-session.ts";
import { listFeed, RECENT_EXPORTS, streamIn } from "./feeds.ts";
import { REFUSALS, STREAMS } from "./feeds-of-state.ts";
import { PAGES } from "./states.ts";
import "../../../src/dashboard/session/content/content.css";
import "../../../src/dashboard/session/panel/panel.css";
import "../../../src/dashboard/session/replay/replay.css";
import "../../../src/dashboard/sessions/rows.css";
import "./pieces.css";

const NO_VALUES: OffloadedValues = { fetched: new Map(), stateOf: () => "preview", fetch: () => undefined };

const Piece = ({ name, children }: { name: string; children: ComponentChildren }) => (
  <figure>
    <figcaption>{name}</figcaption>
    {children}
  </figure>
);

const Row = ({ name, children }: { name: string; children: ComponentChildren }) => (
  <Piece name={name}>
    <div class="row-of-pieces">{children}</div>
  </Piece>
);

const ICONS: readonly (readonly [string, ComponentChildren])[] = [
  ["chevron", <Icon name="chevron" />],
  ["copy", <ActionIcon name="copy" />],
  ["done", <ActionIcon name="done" />],
  ["pause", <Icon name="pause" />],
  ["replay", <Icon name="replay" />],
  ["rerun", <ActionIcon name="rerun" />],
  ["upload", <ListIcon name="upload" />],
  ["play", <Icon name="play" />],
  ["close", <Icon name="close" />],
  ["search", <Icon name="search" />],
  ["filter", <ListIcon name="filter" />],
  ["logs", <Icon name="logs" />],
  ["up", <ListIcon name="up" />],
  ["down", <Icon name="down" />],
  ["back", <ActionIcon name="back" />],
  ["trash", <ActionIcon name="trash" />],
  ["download", <ActionIcon name="download" />],
  ["keys", <Icon name="keys" />],
  ["error", <Icon name="error" />],
  ["warning", <Icon name="warning" />],
  ["more", <ActionIcon name="more" />],
  ["eye", <Icon name="eye" />],
  ["link", <ActionIcon name="link" />],
];

const MARKDOWN = `# Why checkout is slow

A **cold** cache, an *unbounded* pool, and a query without an index. ~~The network~~ was fine; see [the runbook](https://example.com/runbook).

1. Look at \`pool.wait\`:
   - 20 waiting
   - 3 timed out
2. Add the index

> It was the pool: it always is.

| step | before | after |
|---|---:|---:|
| checkout | 3.2 s | 0.4 s |
| cart | 0.9 s | 0.2 s |

\`\`\`sql
CREATE INDEX CONCURRENTLY orders_code ON orders (code); -- 12 s
\`\`\`

\`\`\`json
{"rows": 12, "ok": true, "note": null}
\`\`\`

![the dashboard](https://example.com/a.png)

---

العربية: تم **إصلاح** الخطأ في 3 خطوات.
`;

const DATA = {
  query: "SELECT *\nFROM orders\nWHERE code = $1",
  rows: [
    { id: 1, paid: true, note: null },
    { id: 2, paid: false, note: "späte Lieferung" },
  ],
  took: 12.5,
  empty: {},
};

/** A pixel. */
const DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/** Components that pages show only in passing, or in few states. */
export function Pieces() {
  // Its page has no stream: the title stays.
  useEffect(() => void (document.title = "Gallery · Spanfold"), []);
  const summaries = listFeed({ ...WHOLE_LIST, kind: "all" }).shown.value?.sessions ?? [];
  return (
    <main class="pieces scroller" tabIndex={0} aria-label="Gallery">
      <h1>Gallery</h1>
      <section>
        <h2>Pages</h2>
        <ul class="pieces-links">
          {PAGES.map(([name, path]) => (
            <li key={name}>
              <a href={path}>{name}</a>
            </li>
          ))}
        </ul>
      </section>

      <section>
        <h2>Signs</h2>
        <Row name="Statuses">
          {STATUSES.map((status) => (
            <StatusWord key={status} status={status} />
          ))}
        </Row>
        <Row name="Reasons">
          <StatusReason
            liveness={{
              status: "stalled",
              open: { name: "tool.search", forMillis: 252_000 },
              silentMillis: 252_000,
              missingParents: 0,
            }}
          />
          <StatusReason liveness={{ status: "idle", silentMillis: 40_000, missingParents: 0 }} />
          <StatusReason liveness={{ status: "finished", silentMillis: 900_000, missingParents: 2 }} />
        </Row>
        <Row name="Kinds">
          {SPAN_KINDS.map((kind) => (
            <span key={kind}>
              <KindIcon kind={kind} /> {kindWord(kind)}
            </span>
          ))}
          <span>
            <PlaceholderIcon label="Not received" /> Not received
          </span>
        </Row>
        <Row name="Icons">
          {ICONS.map(([name, icon]) => (
            <span key={name}>
              {icon} {name}
            </span>
          ))}
        </Row>
        <Row name="Producers">
          {[...new Set(summaries.flatMap(({ producer }) => producer ?? []))].map((producer) => (
            <span key={producer}>
              <ProducerIcon producer={producer} /> {producerName(producer)}
            </span>
          ))}
        </Row>
        <Row name="Costs: reported, estimated, without a price, none">
          <Cost summary={{ cost: 0.042 }} />
          <Cost summary={{ cost: 0.042, estimated: 0.04 }} />
          <Cost summary={{ cost: 0.042, estimated: 0.04, unpriced: ["house-model"] }} />
          <Cost summary={{ unpriced: ["house-model"] }} />
          <Cost summary={{}} />
        </Row>
        <Row name="Buttons">
          <button type="button" class="button">
            Usual
          </button>
          <button type="button" class="button primary">
            Primary
          </button>
          <button type="button" class="button danger">
            Danger
          </button>
          <button type="button" class="button" aria-pressed="true">
            Pressed
          </button>
          <button type="button" class="button" disabled>
            Disabled
          </button>
          <CopyButton text={() => "copied"} label="Copy" />
          <CopyButton text={() => "copied"} label="Copy the link" word="Share" />
        </Row>
        <Row name="Text of spans">
          <UntrustedText text={"plain, \u202Ereversed\u202C, zero\u200Bwidth, \u001b[31mcolour"} />
          <UntrustedText text="مرحبا بالعالم 123" />
        </Row>
        <Piece name="Steps of sessions">
          {summaries.slice(0, 6).map(({ id, steps }) => (
            <StepStrip key={id} steps={steps ?? ""} />
          ))}
        </Piece>
      </section>

      <section>
        <h2>Stream</h2>
        {Object.entries(STREAMS).map(([name, state]) => (
          <Row key={name} name={name}>
            <StreamStatus stream={streamIn(state)} />
          </Row>
        ))}
        <Row name="delayed">
          <StreamStatus stream={streamIn({ state: "live" }, 637)} />
          <StreamStatus stream={streamIn({ state: "live" }, 12_400)} />
        </Row>
        <Row name="Replay">
          {REPLAY_STATES.map((state) => (
            <ReplayStatus key={state.state} state={state} />
          ))}
        </Row>
      </section>

      <section>
        <h2>In place of rows</h2>
        <Piece name="Loading">
          <Loading what="sessions" />
        </Piece>
        {Object.entries(REFUSALS).map(([name, refusal]) => (
          <Piece key={name} name={name}>
            <RefusedView refusal={refusal} retry={() => undefined} />
          </Piece>
        ))}
        <Piece name="Nothing found">
          <NothingFound view={{ ...WHOLE_LIST, search: "nothing has this", statuses: ["failed"] }} />
        </Piece>
      </section>

      <section>
        <h2>Footer</h2>
        <Piece name="Exports, one refused">
          <RecentExportsStrip
            {...RECENT_EXPORTS}
            retention={{ maxAge: 2_592_000, bytes: 12_400_000, maxBytes: 1e10 }}
          />
        </Piece>
        <Piece name="None yet">
          <RecentExportsStrip last={[]} dropped={{ metrics: 0 }} />
        </Piece>
        <Piece name="Exports">
          <ExportsTable rows={[...RECENT_EXPORTS.last, ...RECENT_EXPORTS.refused]} />
        </Piece>
        <Row name="Retention: usual, for ever, nearly full, sessions deleted for room, expires soon">
          <RetentionNote
            retention={{ maxAge: 2_592_000, oldest: `${PRESENT - 1_728_000_000}000000`, bytes: 12_400_000 }}
          />
          <RetentionNote retention={{ bytes: 12_400_000 }} />
          <RetentionNote retention={{ maxAge: 2_592_000, bytes: 9.1e9, maxBytes: 1e10 }} />
          <RetentionNote
            retention={{
              maxAge: 2_592_000,
              bytes: 9.1e9,
              maxBytes: 1e10,
              deleted: { sessions: 12, at: `${PRESENT - 60_000}000000` },
            }}
          />
          <ExpiryWarning retention={{ maxAge: 86_400, oldest: `${PRESENT - 80_000_000}000000` }} now={PRESENT} />
        </Row>
      </section>

      <section>
        <h2>Masthead</h2>
        <Masthead stream={streamIn({ state: "live" }, 40)}>
          <span class="crumb-here">Sessions</span>
        </Masthead>
      </section>

      <section>
        <h2>Texts</h2>
        <Piece name="Markdown">
          <Markdown text={MARKDOWN} />
        </Piece>
        <Piece name="Raw">
          <Prose text={MARKDOWN.slice(0, 200)} form="raw" />
        </Piece>
        <Piece name="Long">
          <LongText text={"A line of a long text.\n".repeat(400)} as="prose" />
        </Piece>
        <Piece name="Value that is not loaded: cut on receipt, loading, failed">
          {(["preview", "fetching", { failed: "the server answered 502" }] as const).map((state) => (
            <LoadWhole
              key={JSON.stringify(state)}
              offloaded={{ hash: "0", bytes: 5_200_000, ...(state === "preview" ? { cutFrom: 9_000_000 } : {}) }}
              values={{ ...NO_VALUES, stateOf: () => state }}
              when="pressed"
            />
          ))}
        </Piece>
        <Piece name="Events">
          <Events
            events={[
              {
                timeUnixNano: "1795261714505000000",
                name: "retry",
                attributes: [{ key: "attempt", value: { intValue: "2" } }],
              },
              { timeUnixNano: "1795261715505000000", name: "first token" },
            ]}
            start={1795261714000000000n}
            values={NO_VALUES}
            dropped={4}
          />
        </Piece>
        <Piece name="Links">
          <Links
            links={[
              { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331" },
              {
                traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
                spanId: "00f067aa0ba902b7",
                attributes: [{ key: "link.reason", value: { stringValue: "retry" } }],
              },
            ]}
            values={NO_VALUES}
            dropped={3}
            hrefOf={() => "/sessions/checkout-latency"}
          />
        </Piece>
        <Piece name="Media: a picture, one elsewhere, a file">
          <MediaView media={{ modality: "image", mimeType: "image/png", name: "dot.png", data: DOT }} />
          <MediaView media={{ modality: "image", address: "https://example.com/a.png" }} />
          <MediaView media={{ modality: "audio", mimeType: "audio/mpeg", name: "call.mp3" }} />
        </Piece>
        <Piece name="JSON, coloured">
          <pre class="text text-json">
            <Coloured text={JSON.stringify(DATA, null, 2)} />
          </pre>
        </Piece>
        <Piece name="Data as a tree">
          <JsonTree value={DATA} />
        </Piece>
      </section>
      {location.hash === "#token" ? <TokenDialog onClose={() => undefined} /> : null}
    </main>
  );
}

const REPLAY_STATES: readonly StreamState[] = [
  { state: "connecting" },
  { state: "live" },
  { state: "paused", by: "reader" },
  { state: "reconnecting", attempt: 1, why: "the server cannot be reached", retryAt: PRESENT },
  { state: "ended", how: "complete" },
];
