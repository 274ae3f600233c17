"""smolagents with OpenInference's instrumentation."""

import os

from export_spans import provider, weather
from openinference.instrumentation import using_session
from openinference.instrumentation.smolagents import SmolagentsInstrumentor
from smolagents import OpenAIServerModel, ToolCallingAgent, tool

SmolagentsInstrumentor().instrument()


@tool
def get_weather(city: str) -> str:
    """The weather in a city.

    Args:
        city: The city.
    """
    return weather(city)


model = OpenAIServerModel("gpt-5.2", api_base=os.environ["OPENAI_BASE_URL"], api_key="none")
agent = ToolCallingAgent(tools=[get_weather], model=model, name="weather", description="Answers.", verbosity_level=0)
with using_session("weather-talk"):
    agent.run("What is the weather in Paris?")
    agent.run("And in Atlantis?", reset=False)
provider.shutdown()
