"""The commands of a checkout: run, test, check, lock and what they share."""
