"""Notifications: topics, each user's preferences, and the mails that follow from them."""
