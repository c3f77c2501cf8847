"""The parts that benchmarks share: fields and judges of their own, clients, a server to ask, and rows of figures."""
