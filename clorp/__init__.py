"""The roof: what puts the rooms together. Importing it reads no settings, so that `./run` can use `clorp.dev`."""
