"""People's belongings in the admin, and the switches of the site."""

from accounts.admin import belongings, switches

__all__ = ["belongings", "switches"]
