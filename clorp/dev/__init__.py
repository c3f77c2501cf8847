"""The commands of `./run`, once Python is there. Nothing here reads Django's settings before the environment is set."""
