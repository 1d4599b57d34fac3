"""``python -m framejudge.bench`` is ``bench``."""

from framejudge.bench.cli.main import entry_point

if __name__ == "__main__":
    entry_point()
