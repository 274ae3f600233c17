"""Exports a span when it starts, too: the same ids, and no end.

Stands beside the processor that exports ended spans, and has a queue of its own: it never crowds out an ended span. One
that ends within the delay is not announced.
"""

from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult


class LiveSpanProcessor(SpanProcessor):
    """`exporter` may be the one that ended spans go to; it is not shut down here."""

    def __init__(self, exporter, schedule_delay_millis=500, **config):
        self._announced = _RunningSpans(exporter)
        self._batch = BatchSpanProcessor(self._announced, schedule_delay_millis=schedule_delay_millis, **config)

    def on_start(self, span, parent_context=None):
        # The batch asks only whether it is sampled, and sees it again when it is sent, with all that was set by then.
        self._batch.on_end(span)

    def force_flush(self, timeout_millis=30_000):
        return self._batch.force_flush(timeout_millis)

    def shutdown(self):
        # Nobody watches a program begin its last spans.
        self._announced.stopped = True
        self._batch.shutdown()


class _RunningSpans(SpanExporter):
    """Hands on the spans that have not ended, as they stand."""

    def __init__(self, exporter):
        self._exporter = exporter
        self.stopped = False

    def export(self, spans):
        running = [] if self.stopped else [_as_it_stands(span) for span in spans if span.end_time is None]
        return self._exporter.export(running) if running else SpanExportResult.SUCCESS

    def shutdown(self):
        pass


def _as_it_stands(span):
    """A copy: the program goes on changing the span while it is being encoded on another thread."""
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
