"""The room on the network and on disk: Flask, Flask-SocketIO, SQLite, the spool."""
