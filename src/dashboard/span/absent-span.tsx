import { PlaceholderIcon, Sign } from "../icons.tsx";
import { Hostile } from "../hostile.tsx";

/** Where the span of a link would stand that this session does not have. */
export function AbsentSpan({ wanted, onClose }: { wanted: string; onClose: () => void }) {
  return (
    <aside class="panel" aria-label="Span">
      <header class="panel-head">
        <PlaceholderIcon label="No such span" />
        <h2>This span is not here</h2>
        <button
          type="button"
          class="button bare"
          aria-label="Close the span (Esc)"
          title="Close (Esc)"
          onClick={onClose}
        >
          <Sign name="close" />
        </button>
      </header>
      <div class="panel-body scroller" tabIndex={-1}>
        <section class="section">
          <p class="muted">
            The address names a span that has not arrived in this session, or that left it with its trace. Should it
            arrive, it appears here by itself.
          </p>
          <p>
            <code>
              <Hostile text={wanted} limit={120} />
            </code>
          </p>
        </section>
      </div>
    </aside>
  );
}
