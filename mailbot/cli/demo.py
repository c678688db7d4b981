"""``mailbot demo``: applications by mail from the first letter to the decision, told as they happen."""

from __future__ import annotations

import signal
import time
from contextlib import suppress
from importlib.util import find_spec
from itertools import count
from pathlib import Path

import click

from mailbot.cli.screen import console
from mailbot.cli.troubles import Failure, Misconfigured


@click.command()
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    default=Path("demo"),
    show_default=True,
    help="Where letters and page are left; an earlier demo there is replaced.",
)
@click.option("--keep", is_flag=True, help="Leave the servers and the bot running until Ctrl-C.")
def demo(folder: Path, keep: bool) -> None:
    """Let invented people write to the bot, on mail servers of its own, and tell what happens.

    Nothing leaves this machine. Ends with code 1 where anything did not happen as it should.
    """
    if not (find_spec("aiosmtpd") and find_spec("pymap")):
        raise Misconfigured(
            "The demo needs its mail servers, which are an extra: pip install 'mailbot[sandbox]'."
        )
    from mailbot.sandbox.demo import DemoFailed, FolderTaken  # noqa: PLC0415 - needs the extra

    # what ends a service ends the demo as Ctrl-C does
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        _perform(folder, keep=keep)
    except FolderTaken as error:
        raise Misconfigured(str(error)) from error
    except DemoFailed as error:
        raise Failure(f"The demo did not go as it should. {error}") from error


def _perform(folder: Path, *, keep: bool) -> None:
    from mailbot.sandbox import scenes  # noqa: PLC0415 - as above
    from mailbot.sandbox.demo import staged  # noqa: PLC0415
    from mailbot.sandbox.story import Story  # noqa: PLC0415

    began = time.monotonic()
    numbers = count(1)
    with staged(folder) as stage:
        story = Story(console(), stage.tell)
        story.begin()
        try:
            for part in scenes.story():
                if isinstance(part, scenes.Pause):
                    story.pause(part.days, stage.pass_days(part))
                else:
                    number = next(numbers)
                    story.scene(number, stage.play(number, part), part.does)
            stage.check_endings()
        finally:
            posts = stage.leave_behind()
        story.end(stage.every_case(), posts, folder, time.monotonic() - began)
        if keep:
            story.keep(stage)
            with suppress(KeyboardInterrupt):
                stage.watch(lambda happened: story.scene(next(numbers), happened))
    if keep:
        story.stop()
