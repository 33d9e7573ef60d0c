"""What a browser says of itself, shortened to its name, its version and the system it runs on."""

import re

# Each that comes later also names those that come after it: Edge calls itself Chrome, Chrome calls itself Safari.
BROWSERS = (
    (re.compile(r"MicroMessenger/(\d+)"), "WeChat"),
    (re.compile(r"QQBrowser/(\d+)"), "QQ Browser"),
    (re.compile(r"Edg(?:e|A|iOS)?/(\d+)"), "Edge"),
    (re.compile(r"(?:Firefox|FxiOS)/(\d+)"), "Firefox"),
    (re.compile(r"(?:HeadlessChrome|Chrome|CriOS)/(\d+)"), "Chrome"),
    (re.compile(r"Version/(\d+)\S* .*Safari/"), "Safari"),
)
SYSTEMS = {
    "Windows": "Windows",
    "Android": "Android",
    "iPhone": "iOS",
    "iPad": "iOS",
    "Mac OS X": "macOS",
    "Linux": "Linux",
}


def short_browser(agent: str | None) -> str | None:
    """“Edge 120 · Windows” for what such a browser sends; what nobody knows stays as it is."""
    for pattern, name in BROWSERS if agent else ():
        found = pattern.search(agent or "")
        if found:
            system = next((f" · {called}" for mark, called in SYSTEMS.items() if mark in (agent or "")), "")
            return f"{name} {found[1]}{system}"
    return agent
