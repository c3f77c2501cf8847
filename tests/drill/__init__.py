"""Drills: what somebody with bad intentions would try, played for its cost. `./run drill NAME`."""
