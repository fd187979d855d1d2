"""Fuzzing by hand; the short form is in tests/edge/test_mutated_traffic.py."""
