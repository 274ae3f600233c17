"""Exports a trace of two spans over gRPC, Python's default: nothing is set but the endpoint, in the environment."""

from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
tracer = provider.get_tracer("weather")
with tracer.start_as_current_span("invoke_agent forecaster") as agent:
    agent.set_attributes({"session.id": "python over grpc", "gen_ai.agent.name": "forecaster"})
    with tracer.start_as_current_span("execute_tool get_weather") as tool:
        tool.set_attribute("gen_ai.tool.name", "get_weather")
provider.shutdown()
