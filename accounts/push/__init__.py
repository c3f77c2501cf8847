"""Web push: notifications that a browser shows while no page of ours is open (RFC 8030, 8291, 8292)."""
