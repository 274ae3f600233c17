"""OpenAI's Agents SDK with Logfire."""

import logfire
from agents import Agent, RunConfig, Runner, function_tool
from export_spans import weather

logfire.configure(send_to_logfire=False, console=False)
logfire.instrument_openai_agents()


@function_tool
def get_weather(city: str) -> str:
    """The weather in a city."""
    return weather(city)


agent = Agent(name="weather", instructions="You answer questions about the weather.", tools=[get_weather], model="gpt-5.2")
run = RunConfig(workflow_name="weather desk", group_id="weather-talk")
first = Runner.run_sync(agent, "What is the weather in Paris?", run_config=run)
Runner.run_sync(agent, first.to_input_list() + [{"role": "user", "content": "And in Atlantis?"}], run_config=run)
logfire.shutdown()
