"""What the relay costs and how fast it is, measured beside nginx and tus's Node server in the same runs."""
