"""The commands, by what people want. `clorp_cli.main` says which module has which."""
