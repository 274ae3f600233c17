"""Pydantic AI with Logfire, which exports to OTEL_EXPORTER_OTLP_ENDPOINT by itself and announces running spans."""

import logfire
from pydantic_ai import Agent, ModelRetry

logfire.configure(send_to_logfire=False, console=False)
logfire.instrument_pydantic_ai()

agent = Agent("openai-responses:gpt-5.2", name="weather", instructions="You answer questions about the weather.")


@agent.tool_plain
def get_weather(city: str) -> str:
    """The weather in a city."""
    if city == "Atlantis":
        raise ModelRetry(f"city not found: {city}")
    return f"18 °C and sunny in {city}"


# An attribute with "session" in its name would be scrubbed.
first = agent.run_sync("What is the weather in Paris?", conversation_id="weather-talk")
agent.run_sync("And in Atlantis?", message_history=first.all_messages(), conversation_id="weather-talk")
logfire.shutdown()
