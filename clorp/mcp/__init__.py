"""The door for models: the Model Context Protocol at `/mcp`. Each tool asks the API, in this process, as its caller."""
