"""The build hook: the compiled translations are made when the product is built, never committed."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).resolve().parent))


class AssetsHook(BuildHookInterface[Any]):
    """Runs before an editable install and before a wheel is packed."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """What building needs besides hatchling."""
        return ["babel==2.18.0"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make what the package needs, if it is not there or outdated."""
        from tools import words  # noqa: PLC0415 (babel is there only once dependencies() has been answered)

        words.compile_words()
