"""The native window: it shows the page from this program's own loopback server, whoever hosts the room.

So a host never runs a script in the window, and what the window may do beyond a browser (keep, save, open, quit) is
asked for over loopback with a key that this page alone has.
"""
