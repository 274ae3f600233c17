import { PlaceholderIcon } from "../../ui/icons.tsx";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import { PanelFrame } from "../../ui/panel-frame.tsx";

/** The panel for a link to a span that this session does not contain. */
export function AbsentSpan({ wanted, onClose }: { wanted: string; onClose: () => void }) {
  return (
    <PanelFrame
      of={wanted}
      what="span"
      icon={<PlaceholderIcon label="No such span" />}
      title="Span not found"
      onClose={onClose}
    >
      <section class="section">
        <p class="muted">
          This session has not received the span, or the span moved to another session with its trace. If it arrives, it
          appears here.
        </p>
        <p>
          <code>
            <UntrustedText text={wanted} limit={120} />
          </code>
        </p>
      </section>
    </PanelFrame>
  );
}
