"""The room as pure rules: no clock, no chance, no thread, no I/O; time and ids come in as arguments."""
