"""Measurements, run by hand; what they found is in docs/bench."""
