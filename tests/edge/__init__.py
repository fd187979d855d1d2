"""What hostile clients do, and what the room is like meanwhile."""
