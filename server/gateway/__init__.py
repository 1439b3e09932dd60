"""The door: HTTP and sockets in, problems out. Only this folder and `app.py` know the web framework."""
