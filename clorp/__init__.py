"""The hall. Importing it reads no settings, so that pure rooms and `./run` can use its small modules."""
