"""The letters' templates: files in folders, compiled once, filled with one audience's view.

``<language>/<name>.md.j2`` is a letter: TOML between two ``+++`` lines (``audience`` and ``subject``),
then Markdown with Jinja2, in which a line break is a line break. A file whose name begins with ``_``
is a piece that letters of its language include. ``<language>/phrases.toml`` holds sentences that
stand alone. ``layout.html.j2`` is the frame of every HTML part; its front matter gives the ``styles``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final, get_args

from babel import Locale, UnknownLocaleError
from jinja2 import FunctionLoader, StrictUndefined, Template, pass_context
from jinja2 import TemplateError as JinjaError
from jinja2.runtime import Context, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from mailbot.compose.phrases import MissingPhraseError, Phrases
from mailbot.compose.typeset import Lines, Quote, Values, fold, html_maker
from mailbot.values import Language
from mailbot.views import View

DEFAULT_FOLDER: Final = Path(__file__).parent.parent / "templates"
"""The letters that come with mailbot."""

AUDIENCES: Final[Mapping[str, type[View]]] = {view.audience: view for view in get_args(View)}

SUFFIX: Final = ".md.j2"
LAYOUT: Final = "layout.html.j2"
PHRASES: Final = "phrases.toml"

_FILTERS = (
    "batch", "capitalize", "count", "first", "join", "last", "length", "list", "lower", "map", "reject",
    "rejectattr", "replace", "reverse", "select", "selectattr", "sort", "trim", "truncate", "unique", "upper",
)  # fmt: skip
"""Jinja's filters without those that declare a value to be markup, as ``safe`` does: nothing may
get past the marks."""


class TemplateError(Exception):
    """A template is missing or wrong; the message names the file and says what to do."""


class WrongAudienceError(TemplateError):
    """A template was to be filled with what another audience may know."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A letter in words. ``text`` ends with a line break; ``html`` is a whole page."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class LetterTemplate:
    """One letter in one language, compiled."""

    file: Path
    audience: str
    subject: Template
    body: Template
    source: str
    """The body and the subject as they stand in the file."""


@dataclass(frozen=True, slots=True)
class _Layout:
    frame: Template
    styles: Mapping[str, str]
    make_html: Callable[[str], str]


class Templates:
    """The letters and phrases of some folders, of which a later one lies over the earlier.

    It does so file by file, and in ``phrases.toml`` sentence by sentence: whoever changed one sentence
    need not copy those that a later version brings. Of the languages there are those count that are in
    ``only``; all where it is empty.

    Raises TemplateError only where a folder or the layout is missing or wrong. What is wrong with a
    letter or with phrases is told by ``problems`` and by ``render``: the others can still be written.
    """

    def __init__(self, *folders: Path, only: Collection[Language] = ()) -> None:
        self._layers = _layers(folders, only)
        self.problems: dict[str, str] = {}
        """What is wrong with a file, by the file's name below its folder."""
        self.environment = _Environment({path: files[-1] for path, files in self._layers.items()})
        self._layout = self._read_layout()
        self._letters: dict[tuple[Language, str], LetterTemplate] = {}
        self._phrases: dict[Language, Phrases] = {}
        for path in sorted(self._layers):
            language, _, name = path.partition("/")
            if name == PHRASES:
                self._keep(path, self._phrases, language, self._read_phrases)
            elif name.endswith(SUFFIX) and not name.startswith("_"):
                self._keep(path, self._letters, (language, name.removesuffix(SUFFIX)), self._read_letter)

    def names(self) -> tuple[str, ...]:
        """The names of all letters, in whatever language, sorted."""
        return tuple(sorted({name for _, name in self._letters}))

    def languages(self) -> tuple[Language, ...]:
        """The languages in which there are letters, sorted."""
        return tuple(sorted({language for language, _ in self._letters}))

    def letter(self, name: str, language: Language) -> LetterTemplate:
        """One compiled letter. Raises TemplateError where there is none, or where its file is wrong."""
        path = f"{language}/{name}{SUFFIX}"
        if path in self.problems:
            raise TemplateError(self.problems[path])
        try:
            return self._letters[language, name]
        except KeyError:
            raise TemplateError(
                f"There is no template {path}. "
                f"Write it, or take {language!r} out of [languages] in process.toml."
            ) from None

    def piece(self, name: str, language: Language) -> str:
        """The source of a piece that letters include. Raises TemplateError where there is none."""
        path = f"{language}/{name}"
        if path not in self._layers:
            raise TemplateError(f"There is no piece {path}, which a letter includes. Write it.")
        return _front_matter(self._layers[path][-1])[1]

    def phrases(self, language: Language) -> Phrases:
        """The sentences of a language. Raises TemplateError where it has none, or their file is wrong."""
        path = f"{language}/{PHRASES}"
        if path in self.problems:
            raise TemplateError(self.problems[path])
        if language not in self._phrases:
            raise TemplateError(f"There is no {path}. Translate one of another language.")
        return self._phrases[language]

    def render(self, name: str, language: Language, view: View) -> Rendered:
        """The letter ``name`` in words.

        Raises WrongAudienceError where the template is written for another audience than the view,
        TemplateError where there is no such letter or it cannot be filled with this view.
        """
        letter = self.letter(name, language)
        if letter.audience != view.audience:
            raise WrongAudienceError(
                f"{letter.file} is written to the {letter.audience}, "
                f"but was to be filled with what the {view.audience} may know."
            )
        try:
            return self._fill(letter, language, view)
        except (JinjaError, MissingPhraseError, TypeError, ValueError) as error:
            raise TemplateError(f"{letter.file}: {error}") from error

    def _fill(self, letter: LetterTemplate, language: Language, view: View) -> Rendered:
        known = {field.name: getattr(view, field.name) for field in fields(view)}
        rtl = _rtl(language)
        footer = fold(self.phrases(language).say("footer", view.audience, network=view.network))
        in_subject, in_body = Values(), Values()
        subject = in_subject.line(letter.subject.render(known, values=in_subject))
        markdown = letter.body.render(known, values=in_body)
        text = in_body.text(markdown, rtl=rtl)
        body = in_body.html(self._layout.make_html(markdown), rtl=rtl, styles=self._layout.styles)
        page = self._layout.frame.render(
            body=Markup(body),  # noqa: S704 - made by the Markdown parser and Values, which escape
            direction="rtl" if rtl else "ltr",
            footer=footer,
            language=language,
            network=view.network,
            number=view.number,
            subject=subject,
            website=view.website,
        )
        return Rendered(subject, f"{text}\n-- \n{Values().text(footer, rtl=rtl)}", page)

    def _keep(self, path: str, shelf: dict[Any, Any], key: object, read: Callable[[str], object]) -> None:
        try:
            shelf[key] = read(path)
        except (JinjaError, UnknownLocaleError, ValueError, OSError) as error:
            self.problems[path] = f"{self._layers[path][-1]}: {error}"

    def _read_letter(self, path: str) -> LetterTemplate:
        file = self._layers[path][-1]
        front, body = _front_matter(file)
        audience, subject = front.pop("audience", ""), front.pop("subject", "")
        if front:
            raise ValueError(
                f"{', '.join(front)} is unknown in the front matter; it gives audience and subject"
            )
        if audience not in AUDIENCES:
            raise ValueError(f"the audience {audience!r} is not one of {', '.join(AUDIENCES)}")
        if not isinstance(subject, str) or not subject.strip():
            raise ValueError('the front matter must give a subject, as in subject = "Your inquiry"')
        return LetterTemplate(
            file,
            audience,
            self.environment.from_string(subject),
            self.environment.get_template(path),
            f"{subject}\n{body}",
        )

    def _read_phrases(self, path: str) -> Phrases:
        return Phrases.read(self._layers[path], rtl=_rtl(path.partition("/")[0]))

    def _read_layout(self) -> _Layout:
        if LAYOUT not in self._layers:
            raise TemplateError(f"There is no {LAYOUT} in the folders of templates.")
        file = self._layers[LAYOUT][-1]
        try:
            front, body = _front_matter(file)
            styles = {str(tag): str(style) for tag, style in front["styles"].items()}
            page = ImmutableSandboxedEnvironment(
                autoescape=True, finalize=_folded, undefined=StrictUndefined
            ).from_string(body)
        except (AttributeError, KeyError, JinjaError, ValueError) as error:
            raise TemplateError(f"{file}: {error!r}") from error
        return _Layout(page, styles, html_maker(styles))


class _Environment(ImmutableSandboxedEnvironment):
    """Jinja that prints marks: every value goes to the ``values`` of the letter being written.

    Autoescape is on for what it says about strings, not for escaping: what a macro or an included
    piece yields is Markup, and marks are not marked again.
    """

    def __init__(self, files: Mapping[str, Path]) -> None:
        def load(name: str) -> tuple[str, str, None] | None:
            return (_front_matter(files[name])[1], str(files[name]), None) if name in files else None

        super().__init__(
            autoescape=True,
            finalize=_mark,
            loader=FunctionLoader(load),
            lstrip_blocks=True,
            trim_blocks=True,
            keep_trailing_newline=True,  # a piece ends with its last line, and what follows begins another
            undefined=StrictUndefined,
            auto_reload=False,
        )
        self.filters = {name: self.filters[name] for name in _FILTERS} | {"lines": Lines, "quote": Quote}
        self.globals = {}

    def join_path(self, template: str, parent: str) -> str:
        """A piece is looked for beside the letter that includes it."""
        return f"{parent.partition('/')[0]}/{template}"


@pass_context
def _mark(context: Context, value: object) -> Markup:
    if isinstance(value, Markup):
        return value
    if isinstance(value, (str, int, Undefined)) and not isinstance(value, bool):
        values: Values | None = context.get("values")
        if values is None:
            raise TypeError("a macro is imported without its letter: write «import … with context»")
        return Markup(values.mark(value if isinstance(value, str) else str(value)))  # noqa: S704 - see _Environment
    raise TypeError(f"{value!r} cannot be printed: it is no text")


def _folded(value: object) -> object:
    return value if isinstance(value, Markup) else fold(str(value))


def _layers(folders: tuple[Path, ...], only: Collection[Language]) -> dict[str, list[Path]]:
    """Name below its folder → the files of that name, the one on top last; languages not in ``only`` are
    left out."""
    found: dict[str, list[Path]] = {}
    for folder in folders:
        if not folder.is_dir():
            raise TemplateError(f"There is no folder {folder}. Create it, or correct the setting.")
        for pattern in (LAYOUT, f"*/{PHRASES}", f"*/*{SUFFIX}"):
            for file in folder.glob(pattern):
                if only and file.parent != folder and file.parent.name not in only:
                    continue
                found.setdefault(file.relative_to(folder).as_posix(), []).append(file)
    return found


def _front_matter(file: Path) -> tuple[dict[str, Any], str]:
    """The TOML between the ``+++`` lines and what follows; a piece has none."""
    source = file.read_text(encoding="utf-8")
    if not source.startswith("+++\n"):
        return {}, source
    front, found, body = source.removeprefix("+++\n").partition("\n+++\n")
    if not found:
        raise ValueError("the front matter has no +++ line at its end")
    return tomllib.loads(front), body


def _rtl(language: Language) -> bool:
    return Locale.parse(language).text_direction == "rtl"
