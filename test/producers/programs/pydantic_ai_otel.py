"""Pydantic AI with OpenTelemetry's SDK alone."""

from export_spans import provider, weather
from pydantic_ai import Agent

Agent.instrument_all()
agent = Agent("openai-chat:gpt-5.2", name="weather", instructions="You answer questions about the weather.")
agent.tool_plain(weather, name="get_weather")

first = agent.run_sync("What is the weather in Paris?")
try:
    agent.run_sync("And in Atlantis?", message_history=first.all_messages())
except LookupError:
    pass
provider.shutdown()
