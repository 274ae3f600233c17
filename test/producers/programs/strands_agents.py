"""Strands Agents, which trace by themselves."""

from export_spans import provider, weather
from strands import Agent, tool
from strands.models.openai import OpenAIModel


@tool
def get_weather(city: str) -> str:
    """The weather in a city."""
    return weather(city)


agent = Agent(
    name="weather",
    model=OpenAIModel(model_id="gpt-5.2"),
    system_prompt="You answer questions about the weather.",
    tools=[get_weather],
    trace_attributes={"session.id": "weather-talk", "user.id": "ada"},
    callback_handler=None,
)
agent("What is the weather in Paris?")
agent("And in Atlantis?")
provider.shutdown()
