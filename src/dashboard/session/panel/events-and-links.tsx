import type { SpanEvent, SpanLink } from "../../../otel/span.ts";
import { duration } from "../../../lib/figures.ts";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import { exactly, toMillis } from "../../ui/moments.ts";
import { Attributes } from "../content/attributes.tsx";
import type { OffloadedValues } from "../content/offloaded-values.tsx";

/** A span's events with the time since its start. */
export function Events(props: {
  events: readonly SpanEvent[];
  start: bigint;
  values: OffloadedValues;
  dropped: number;
}) {
  return (
    <>
      <ol class="event-list">
        {props.events.map((event, index) => {
          const at = BigInt(event.timeUnixNano ?? "0");
          return (
            <li key={index}>
              <header>
                <span class="event-name">
                  <UntrustedText text={event.name ?? "unnamed"} limit={200} />
                </span>
                {at === 0n ? null : (
                  <time class="muted" title={exactly(toMillis(at))}>
                    {at >= props.start ? `+${duration(at - props.start)}` : duration(at - props.start)}
                  </time>
                )}
              </header>
              <Attributes
                attributes={event.attributes ?? []}
                values={props.values}
                dropped={event.droppedAttributesCount}
              />
            </li>
          );
        })}
      </ol>
      {props.dropped > 0 ? <p class="muted">{`${props.dropped} more were dropped`}</p> : null}
    </>
  );
}

/** A span's links. Links into the same session open the span. */
export function Links(props: {
  links: readonly SpanLink[];
  values: OffloadedValues;
  dropped: number;
  hrefOf: (link: SpanLink) => string;
}) {
  return (
    <>
      <ol class="event-list">
        {props.links.map((link, index) => (
          <li key={index}>
            <a href={props.hrefOf(link)}>
              <code>
                <UntrustedText text={`${link.traceId ?? ""} ${link.spanId ?? ""}`} limit={80} />
              </code>
            </a>
            <Attributes
              attributes={link.attributes ?? []}
              values={props.values}
              dropped={link.droppedAttributesCount}
            />
          </li>
        ))}
      </ol>
      {props.dropped > 0 ? <p class="muted">{`${props.dropped} more were dropped`}</p> : null}
    </>
  );
}
