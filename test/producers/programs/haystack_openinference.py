"""Haystack with OpenInference's instrumentation."""

from export_spans import provider, weather
from haystack.components.agents import Agent
from haystack.components.generators.chat import OpenAIChatGenerator
from haystack.dataclasses import ChatMessage
from haystack.tools import tool
from openinference.instrumentation import using_session
from openinference.instrumentation.haystack import HaystackInstrumentor

HaystackInstrumentor().instrument()


@tool
def get_weather(city: str) -> str:
    """The weather in a city."""
    return weather(city)


agent = Agent(
    chat_generator=OpenAIChatGenerator(model="gpt-5.2"),
    tools=[get_weather],
    system_prompt="You answer questions about the weather.",
)
with using_session("weather-talk"):
    messages = agent.run(messages=[ChatMessage.from_user("What is the weather in Paris?")])["messages"]
    agent.run(messages=[*messages[1:], ChatMessage.from_user("And in Atlantis?")])
provider.shutdown()
