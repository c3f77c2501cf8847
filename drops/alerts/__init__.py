"""Alerts: which packs an agent follows from which prize on, and telling them of a drop that opens."""
