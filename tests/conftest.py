"""What holds for every test."""

from tools import words


def pytest_configure() -> None:
    words.compile_words()
