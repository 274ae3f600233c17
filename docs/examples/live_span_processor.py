"""Exports spans when they start, with the same ids and no end.

Use it beside the processor that exports ended spans. It has its own queue, so it never displaces an ended span. A span
that ends within the delay is not announced.
"""

from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult


class LiveSpanProcessor(SpanProcessor):
    """`exporter` may be shared with the processor for ended spans: this class does not shut it down."""

    def __init__(self, exporter, schedule_delay_millis=500, **config):
        self._announced = _RunningSpans(exporter)
        self._batch = BatchSpanProcessor(self._announced, schedule_delay_millis=schedule_delay_millis, **config)

    def on_start(self, span, parent_context=None):
        # The batch processor checks only whether the span is sampled. The span is read at the export, with all attributes set by then.
        self._batch.on_end(span)

    def force_flush(self, timeout_millis=30_000):
        return self._batch.force_flush(timeout_millis)

    def shutdown(self):
        # At shutdown running spans are no longer announced.
        self._announced.stopped = True
        self._batch.shutdown()


class _RunningSpans(SpanExporter):
    """Passes on a copy of each span that has not ended."""

    def __init__(self, exporter):
        self._exporter = exporter
        self.stopped = False

    def export(self, spans):
        running = [] if self.stopped else [_snapshot(span) for span in spans if span.end_time is None]
        return self._exporter.export(running) if running else SpanExportResult.SUCCESS

    def shutdown(self):
        pass


def _snapshot(span):
    """A copy, because the program may change the span while another thread encodes it."""
    return ReadableSpan(
        name=span.name,
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes=span.attributes.copy() if span.attributes else None,
        events=tuple(span.events),
        links=tuple(span.links),
        kind=span.kind,
        instrumentation_scope=span.instrumentation_scope,
        status=span.status,
        start_time=span.start_time,
    )
