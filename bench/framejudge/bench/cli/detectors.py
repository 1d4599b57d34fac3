"""``bench detectors``: what a name can stand for."""

from __future__ import annotations


def detectors() -> None:
    """List the names that --detectors takes.

    It takes your own detector too, as package.module:Class. The class needs one method: predict(image), which
    returns a float in [0, 1] for a uint8 RGB array of shape (H, W, 3).
    """
    from rich.markup import escape
    from rich.table import Table

    from framejudge.bench.cli.terminal.output import plain_console
    from framejudge.detectors.registry import available

    table = Table("name", "what it is", "from", box=None, header_style="bold")
    for spec in available().values():
        needs = f" (needs framejudge[{spec.extra}])" if spec.extra else ""
        table.add_row(*map(escape, (spec.name, f"{spec.summary}{needs}", spec.origin)))
    plain_console().print(table)
