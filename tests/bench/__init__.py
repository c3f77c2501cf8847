"""Benchmarks: each module has `run() -> list[Row]`; `./run bench [NAME …]` finds and runs them."""
