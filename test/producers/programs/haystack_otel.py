"""Haystack with its tracer for OpenTelemetry, since 3 a package of its own. HAYSTACK_CONTENT_TRACING_ENABLED is set."""

from export_spans import provider, weather
from haystack import Pipeline, tracing
from haystack.components.agents import Agent
from haystack.components.generators.chat import OpenAIChatGenerator
from haystack.dataclasses import ChatMessage
from haystack.tools import tool
from haystack_integrations.tracing.opentelemetry import OpenTelemetryTracer
from opentelemetry import trace

tracing.enable_tracing(OpenTelemetryTracer(trace.get_tracer("haystack")))


@tool
def get_weather(city: str) -> str:
    """The weather in a city."""
    return weather(city)


agent = Agent(
    chat_generator=OpenAIChatGenerator(model="gpt-5.2"),
    tools=[get_weather],
    system_prompt="You answer questions about the weather.",
)
pipeline = Pipeline()
pipeline.add_component("weather", agent)
pipeline.run({"weather": {"messages": [ChatMessage.from_user("What is the weather in Paris?")]}})
provider.shutdown()
