"""The commands of ``mailbot``: each is imported only when it is called, so that all start fast."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import click
from click.exceptions import NoSuchCommand

from mailbot.cli.troubles import explained

COMMANDS = {
    "init": ("setting_up", "Set the bot up: asks a few questions and writes config.toml."),
    "doctor": ("doctor", "Check everything, and say what is wrong and what to do."),
    "run": ("running", "Run until stopped."),
    "once": ("running", "Do one round and exit, for cron."),
    "receive": ("receiving", "Take one letter from standard input, for a mail server's pipe."),
    "people": ("people", "Show, change, import or export the people whom the bot knows by role."),
    "members": ("members", "Show, search, change, import or export the members' directory."),
    "cases": ("cases", "List the cases."),
    "show": ("cases", "Show one case: what is known, its journal, its letters."),
    "audit": ("cases", "Check that no journal was changed after it was written."),
    "rules": ("rules", "Check the rules, draw them, or move open cases to them."),
    "demo": ("demo", "Let invented people write to the bot, and tell what happens."),
    "letters": ("letters", "List the letters that the bot writes, or show what one looks like."),
    "read": ("reading", "Say what the bot understands of a letter; writes nothing."),
}
"""Each command with the module that has it and the line that ``mailbot --help`` shows of it."""


class Commands(click.Group):
    """The group of all commands, which imports the module of the one that is called."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """The names, in the order in which somebody new needs them."""
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, or None."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"mailbot.cli.{COMMANDS[cmd_name][0]}"), cmd_name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is called; a mistyped one is answered with the nearest."""
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            raise NoSuchCommand(args[0], possibilities=COMMANDS, ctx=ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> object:
        """Call the command; what a person can put right is told in words, not as a traceback."""
        with explained():
            return super().invoke(ctx)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "-c",
    "--config",
    type=click.Path(path_type=Path),
    envvar="MAILBOT_CONFIG",
    help="The settings file. Otherwise $MAILBOT_CONFIG, otherwise ./config.toml.",
)
@click.version_option(package_name="mailbot")
def main(config: Path | None) -> None:
    """Runs the membership inbox of a network: reads what people write, keeps the cases, writes back.

    People decide.
    """
