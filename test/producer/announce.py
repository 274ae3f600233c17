"""A program with both processors on one exporter. It exports only on a flush. Argument: the URL."""

import json
import sys
import threading
import urllib.request
from pathlib import Path

from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

sys.path.insert(0, str(Path(__file__).parents[2] / "docs/examples"))
from live_span_processor import LiveSpanProcessor  # noqa: E402

NEVER = 600_000


class JsonExporter(SpanExporter):
    """OTLP/JSON with the standard library: the SDK alone is enough to run this."""

    def __init__(self, url):
        self._url = url

    def export(self, spans):
        body = {"resourceSpans": [{"scopeSpans": [{"spans": [_encode(span) for span in spans]}]}]}
        headers = {"content-type": "application/json"}
        urllib.request.urlopen(urllib.request.Request(self._url, json.dumps(body).encode(), headers), timeout=30).close()
        return SpanExportResult.SUCCESS


def _encode(span):
    return {
        "traceId": f"{span.context.trace_id:032x}",
        "spanId": f"{span.context.span_id:016x}",
        "parentSpanId": f"{span.parent.span_id:016x}" if span.parent else "",
        "name": span.name,
        "kind": span.kind.value + 1,
        "startTimeUnixNano": str(span.start_time),
        "endTimeUnixNano": str(span.end_time or 0),
        "attributes": [{"key": key, "value": {"stringValue": value}} for key, value in span.attributes.items()],
        "events": [{"timeUnixNano": str(event.timestamp), "name": event.name} for event in span.events],
    }


def main(url):
    exporter = JsonExporter(url)
    ended = BatchSpanProcessor(exporter, schedule_delay_millis=NEVER)
    live = LiveSpanProcessor(exporter, schedule_delay_millis=NEVER)
    provider = TracerProvider(resource=Resource({}))
    provider.add_span_processor(ended)
    provider.add_span_processor(live)
    tracer = provider.get_tracer("program")

    turn = tracer.start_span("turn")
    inside = trace.set_span_in_context(turn)
    call = tracer.start_span("chat small", context=inside)
    call.set_attribute("gen_ai.request.model", "small")
    call.add_event("first token")
    tracer.start_span("quick", context=inside).end()
    live.force_flush()
    call.end()
    ended.force_flush()

    # The program goes on changing spans while they are announced.
    busy = [tracer.start_span(f"busy {n}", context=inside) for n in range(50)]
    writer = threading.Thread(target=lambda: [s.set_attribute(f"k{n}", "v") for n in range(100) for s in busy])
    writer.start()
    live.force_flush()
    writer.join()
    for span in busy:
        span.end()
    turn.end()
    tracer.start_span("left open")
    provider.shutdown()


main(sys.argv[1])
