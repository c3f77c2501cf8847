"""OAuth: how people let programs in without making a key for them. The server is allauth's; this is what it needs."""
