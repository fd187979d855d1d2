"""Files through the relay of a real server, by other people's programs and over lines that fail."""
