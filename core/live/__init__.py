"""News for open pages: said after a commit, heard by one listener a process, passed on to every stream it concerns."""
