"""OpenAI's Agents SDK with OpenInference's instrumentation."""

from agents import Agent, RunConfig, Runner, function_tool, trace
from export_spans import provider, weather
from openinference.instrumentation import using_attributes
from openinference.instrumentation.openai_agents import OpenAIAgentsInstrumentor

OpenAIAgentsInstrumentor().instrument(exclusive_processor=True)


@function_tool
def get_weather(city: str) -> str:
    """The weather in a city."""
    return weather(city)


agent = Agent(name="weather", instructions="You answer questions about the weather.", tools=[get_weather], model="gpt-5.2")
with using_attributes(session_id="weather-talk"):
    first = Runner.run_sync(agent, "What is the weather in Paris?", run_config=RunConfig(workflow_name="weather desk"))
    Runner.run_sync(agent, first.to_input_list() + [{"role": "user", "content": "And in Atlantis?"}])
provider.shutdown()
