"""CrewAI with OpenInference's instrumentation. Its own telemetry is off."""

from crewai import Agent, Crew, LLM, Task
from crewai.tools import tool
from export_spans import provider, weather
from openinference.instrumentation import using_session
from openinference.instrumentation.crewai import CrewAIInstrumentor
from openinference.instrumentation.openai import OpenAIInstrumentor

CrewAIInstrumentor().instrument(skip_dep_check=True)
# The model's calls are those of its client.
OpenAIInstrumentor().instrument()


@tool("get_weather")
def get_weather(city: str) -> str:
    """The weather in a city."""
    return weather(city)


agent = Agent(
    role="weather",
    goal="Answer questions about the weather",
    backstory="You have a thermometer.",
    llm=LLM(model="openai/gpt-4.1"),
    tools=[get_weather],
)
task = Task(description="What is the weather in Paris?", expected_output="One sentence", agent=agent)
with using_session("weather-talk"):
    Crew(name="weather desk", agents=[agent], tasks=[task]).kickoff()
provider.shutdown()
