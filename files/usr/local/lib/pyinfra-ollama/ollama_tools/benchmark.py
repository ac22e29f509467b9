"""`ollama-benchmark`."""


def main() -> int:
    return 0
