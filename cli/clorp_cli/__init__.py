"""The command `clorp`: the site's API for people in a terminal and for programs that run commands."""

VERSION = "0.1.0"
