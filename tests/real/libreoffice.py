"""LibreOffice from the system's packages, without a window and with a profile of its own."""

import json
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import pytest

from tests.real.dovecot import require

_SCRIPT = Path(__file__).parent / "fill_in_libreoffice.py"
_PATIENCE = 120.0
"""Seconds for one document; the first start of the office takes ten on a machine at rest."""


class LibreOffice:
    """A running office that fills in forms; started and stopped by ``with``."""

    def __init__(self):
        self._binary = require("soffice")
        self._python = _python_with_uno()

    def __enter__(self):
        self._folder = Path(tempfile.mkdtemp(prefix="office-"))
        self._pipe = self._folder.name
        command = [
            self._binary,
            "--headless",
            "--norestore",
            f"-env:UserInstallation=file://{self._folder}/profile",
        ]
        self._process = subprocess.Popen(
            [*command, f"--accept=pipe,name={self._pipe};urp;"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # it is a launcher and the office itself: both are ended by their group
        )
        return self

    def __exit__(self, *_):
        try:
            self._order({})
            self._process.wait(_PATIENCE)
        finally:
            if self._process.poll() is None:
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait()
            shutil.rmtree(self._folder)

    def fill(self, content, answers, endings):
        """The form, a Word file, with ``answers`` (number → {"text", "box"}), saved with each ending."""
        source = self._folder / "form.docx"
        source.write_bytes(content)
        targets = {ending: self._folder / f"filled{ending}" for ending in endings}
        self._order(
            {"source": str(source), "targets": [str(path) for path in targets.values()], "answers": answers}
        )
        return {ending: path.read_bytes() for ending, path in targets.items()}

    def _order(self, order):
        told = json.dumps({"pipe": self._pipe, **order})
        done = subprocess.run(
            [self._python, str(_SCRIPT)],
            input=told,
            text=True,
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
        )
        assert done.returncode == 0, done.stderr


def _python_with_uno():
    """The system's Python: its package python3-uno talks to the office, and is on no index."""
    python = require("/usr/bin/python3")
    if subprocess.run([python, "-c", "import uno"], capture_output=True, check=False).returncode == 0:
        return python
    if os.environ.get("MAILBOT_REQUIRE_SERVERS") == "1":
        pytest.fail("python3-uno is not installed, and MAILBOT_REQUIRE_SERVERS=1 asks for it.")
    return pytest.skip("python3-uno is not installed")
