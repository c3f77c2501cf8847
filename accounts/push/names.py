"""The names by which people know their browsers."""

from __future__ import annotations

from django.utils.translation import gettext as _

# By a word of its User-Agent; the first that fits, since most claim to be several.
BROWSERS = {
    "Edg": "Edge",
    "OPR": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "CriOS": "Chrome",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS": "Mac",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}


def name_of_browser(user_agent: str) -> str:
    """Return such as "Firefox on Linux"; what is unknown is "A browser"."""
    browser = next((name for word, name in BROWSERS.items() if word in user_agent), _("A browser"))
    system = next((name for word, name in SYSTEMS.items() if word in user_agent), "")
    return _("%(browser)s on %(system)s") % {"browser": browser, "system": system} if system else browser
