"""Consent, proved from outside: random offers on a real server, and no byte to anybody who has not said yes."""
