"""The options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

Function = TypeVar("Function", bound=Callable[..., Any])

HERE = Path("config.toml")
"""Where the settings are looked for when nothing says otherwise."""


def _wanted(ctx: click.Context, _parameter: click.Parameter, given: Path | None) -> Path:
    return given or ctx.find_root().params.get("config") or HERE


def config_option(command: Function) -> Function:
    """``--config``, which may stand before or behind the command's name; the command gets a Path."""
    return click.option(
        "-c",
        "--config",
        type=click.Path(path_type=Path),
        callback=_wanted,
        help="The settings file. Otherwise $MAILBOT_CONFIG, otherwise ./config.toml.",
    )(command)


def json_option(command: Function) -> Function:
    """``--json``, for scripts; the command gets ``as_json``."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON, for a script.")(command)
