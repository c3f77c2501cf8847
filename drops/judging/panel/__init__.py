"""The panel's other half: what talks to models over the network, pays for it and stores every answer.

`drops.ranking` thinks and asks for waves of calls; this room makes them. `client` is the only importer of `openai`.
"""
