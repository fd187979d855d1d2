"""Programs by others against the contract: real clients, a real server, a test for each of its sentences."""
