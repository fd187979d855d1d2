"""What the local network is to a room: the addresses that reach it, and the code that a phone scans."""
