"""Models of the tests' own behind an OpenAI-compatible server on loopback; see `double`."""

from tests.llm_double.double import LlmDouble
from tests.llm_double.faults import Fault

__all__ = ["Fault", "LlmDouble"]
