"""``mailbot doctor``: everything looked at once, told in a table."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from mailbot.cli.checks import examine
from mailbot.cli.findings import State
from mailbot.cli.options import config_option, json_option
from mailbot.cli.screen import console, plain, table

MARKS = {State.GOOD: ("✓", "green"), State.MIND: ("!", "yellow"), State.BAD: ("✗", "red")}


@click.command()
@json_option
@config_option
@click.pass_context
def doctor(ctx: click.Context, as_json: bool, config: Path) -> None:
    """Check everything, and say what is wrong and what to do.

    Ends with code 1 where something does not work. Shows no secret.
    """
    with console(stderr=True).status("looking around …") as status:
        found = list(examine(config, datetime.now(UTC), lambda next_one: status.update(f"{next_one} …")))
    if as_json:
        click.echo(json.dumps([asdict(each) for each in found], ensure_ascii=False, indent=2))
    else:
        rows = [(plain(*MARKS[each.state]), each.name, each.said) for each in found]
        console().print(table(("", "what", "how it is"), rows))
    if any(each.state is State.BAD for each in found):
        ctx.exit(1)
