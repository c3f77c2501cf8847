"""Signing up and in: allauth's forms, and what clorp asks beyond them."""
