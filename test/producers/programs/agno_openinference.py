"""Agno with OpenInference's instrumentation."""

from agno.agent import Agent
from agno.models.openai import OpenAIChat
from export_spans import provider, weather
from openinference.instrumentation.agno import AgnoInstrumentor

AgnoInstrumentor().instrument()


def get_weather(city: str) -> str:
    """The weather in a city."""
    return weather(city)


agent = Agent(
    name="weather",
    model=OpenAIChat(id="gpt-5.2"),
    tools=[get_weather],
    instructions="You answer questions about the weather.",
    session_id="weather-talk",
    user_id="ada",
    telemetry=False,
)
agent.run("What is the weather in Paris?")
agent.run("And in Atlantis?")
provider.shutdown()
