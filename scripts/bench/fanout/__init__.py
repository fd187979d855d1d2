"""How much a room's server works to tell everybody, measured against Node's socket.io in the same runs."""
