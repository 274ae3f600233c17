"""LangGraph with LangSmith's own export to OpenTelemetry. LANGSMITH_TRACING and LANGSMITH_OTEL_ENABLED are set."""

from export_spans import provider, weather
from langchain.agents import create_agent
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI
from langgraph.checkpoint.memory import InMemorySaver


@tool
def get_weather(city: str) -> str:
    """The weather in a city."""
    return weather(city)


agent = create_agent(
    ChatOpenAI(model="gpt-5.2"),
    [get_weather],
    system_prompt="You answer questions about the weather.",
    name="weather",
    checkpointer=InMemorySaver(),
)
thread = {"configurable": {"thread_id": "weather-talk"}, "metadata": {"session_id": "weather-talk"}}
agent.invoke({"messages": [("user", "What is the weather in Paris?")]}, thread)
try:
    agent.invoke({"messages": [("user", "And in Atlantis?")]}, thread)
except LookupError:
    pass

from langchain_core.tracers.langchain import wait_for_all_tracers  # noqa: E402

wait_for_all_tracers()
provider.shutdown()
