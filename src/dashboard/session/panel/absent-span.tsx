import { PlaceholderIcon } from "../../ui/icons.tsx";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import { PanelFrame } from "../../ui/panel-frame.tsx";

/** Where the span of a link would stand that this session does not have. */
export function AbsentSpan({ wanted, onClose }: { wanted: string; onClose: () => void }) {
  return (
    <PanelFrame
      of={wanted}
      what="span"
      icon={<PlaceholderIcon label="No such span" />}
      title="This span is not here"
      onClose={onClose}
    >
      <section class="section">
        <p class="muted">
          The address names a span that has not arrived in this session, or that left it with its trace. Should it
          arrive, it appears here by itself.
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
