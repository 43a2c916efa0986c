"""With what somebody signed in, in words coarse enough to tell one's own browsers apart and nothing more."""

# The first that fits: browsers name those that they descend from, too.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("YaBrowser", "Yandex Browser"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def device_of(user_agent: str) -> tuple[str, str]:
    """Return the families of the browser and of the system, each "" where unknown. No versions: those tell people apart."""
    return _first(BROWSERS, user_agent), _first(SYSTEMS, user_agent)


def _first(families: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((family for mark, family in families if mark in user_agent), "")
