"""A small stateful Stripe of our own: real HTTP for the real SDK, and people who act on it."""

from tests.stripe_double.double import StripeDouble
from tests.stripe_double.faults import Fault, Gate
from tests.stripe_double.post import Delivery

__all__ = ["Delivery", "Fault", "Gate", "StripeDouble"]
