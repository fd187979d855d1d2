"""The native window: its parts, and the real thing under Xvfb."""
