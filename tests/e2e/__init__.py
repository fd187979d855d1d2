"""The product as people meet it: a real server, real browsers, real files."""
