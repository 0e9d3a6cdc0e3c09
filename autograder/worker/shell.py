"""Run notebook cells in an IPython shell without a kernel, and keep what they show.

Only text and PNG images are kept, and only so much of them.
"""

from __future__ import annotations

import base64
import contextlib
import io
import sys
from collections.abc import Iterator
from typing import Any, cast

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.formatters import DisplayFormatter
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

MAX_TEXT = 100_000
MAX_OUTPUTS = 200
MAX_IMAGES = 6 * 2**20
KEPT = ("text/plain", "image/png")


class Tape:
    """The outputs of the cell that is running, in order and within limits."""

    def __init__(self) -> None:
        self.start()

    def start(self) -> None:
        """Forget what came before."""
        self.outputs: list[dict[str, Any]] = []
        self.text_left, self.images_left = MAX_TEXT, MAX_IMAGES

    def stream(self, name: str, text: str) -> None:
        """Add printed text, joined to what was printed just before."""
        text = self._cut(text)
        if not text:
            return
        last = self.outputs[-1] if self.outputs else {}
        if last.get("output_type") == "stream" and last.get("name") == name:
            last["text"] += text
        else:
            self._add({"output_type": "stream", "name": name, "text": text})

    def data(self, kind: str, bundle: dict[str, Any]) -> None:
        """Add a display or a result."""
        kept = {mime: self._content(mime, bundle[mime]) for mime in KEPT if mime in bundle}
        kept = {mime: content for mime, content in kept.items() if content}
        if kept:
            self._add({"output_type": kind, "data": kept})

    def _content(self, mime: str, content: Any) -> str:
        if mime == "image/png":
            text = content if isinstance(content, str) else base64.b64encode(content).decode()
            self.images_left -= len(text)
            return text if self.images_left >= 0 else ""
        return self._cut(str(content))

    def _cut(self, text: str) -> str:
        kept = text[: self.text_left]
        self.text_left -= len(kept)
        if kept and not self.text_left:
            kept += "\n… the rest of the output is left out."
        return kept

    def _add(self, output: dict[str, Any]) -> None:
        if len(self.outputs) < MAX_OUTPUTS:
            self.outputs.append(output)


class TapeStream(io.TextIOBase):
    """A text stream whose writes go to the tape."""

    def __init__(self, tape: Tape, name: str) -> None:
        self.tape, self.stream_name = tape, name

    def write(self, text: str) -> int:
        """Keep `text`."""
        self.tape.stream(self.stream_name, str(text))
        return len(text)

    def writable(self) -> bool:
        """Yes."""
        return True


class TapePublisher(DisplayPublisher):
    """``display(...)`` goes to the tape."""

    tape: Tape

    def publish(self, data: Any, metadata: Any = None, source: Any = None, **_: Any) -> None:
        """Keep one display."""
        self.tape.data("display_data", dict(data))

    def clear_output(self, wait: bool = False) -> None:
        """Forget what the cell has shown."""
        self.tape.start()


class TapeHook(DisplayHook):
    """A cell's last expression goes to the tape."""

    tape: Tape

    def write_output_prompt(self) -> None:
        """No prompt."""

    def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
        """Keep the result."""
        self.tape.data("execute_result", dict(format_dict))


class TapeFormatter(DisplayFormatter):
    """What is shown, in words and pictures; where nobody looks at pictures, in words."""

    draws = True

    def format(self, obj: Any, include: Any = None, exclude: Any = None) -> Any:
        """The forms of one thing that is shown, and nothing about them."""
        if self.draws:
            return super().format(obj, include or KEPT, exclude)
        words = self.formatters["text/plain"](obj)
        return ({} if words is None else {"text/plain": words}), {}


class Shell:
    """A notebook's namespace: run cells, look names up."""

    def __init__(self) -> None:
        self.tape = Tape()
        config = Config({"HistoryManager": {"enabled": False}})
        shell = InteractiveShell.instance(
            display_pub_class=TapePublisher,
            displayhook_class=TapeHook,
            colors="nocolor",
            config=config,
        )
        self.ip = cast(Any, shell)
        self.ip.display_pub.tape = self.tape
        self.ip.displayhook.tape = self.tape
        self.ip.showtraceback = self._show_nothing
        self.ip.showsyntaxerror = self._show_nothing
        self.ip.enable_gui = self._show_nothing
        self.ip.ask_exit = self._show_nothing
        self.ip.display_formatter = TapeFormatter(parent=shell)
        self.ip.enable_matplotlib("inline")

    def _show_nothing(self, *_: Any, **__: Any) -> None:
        """Errors travel in the reply, not in the output; there is no screen, and no kernel to leave with ``exit()``."""

    def run(self, source: str, draws: bool = True) -> tuple[list[dict[str, Any]], list[str]]:
        """Run a cell: its outputs, and the error's class name and message if it raised one."""
        self.tape.start()
        self.ip.display_formatter.draws = draws
        with self._captured():
            result = self.ip.run_cell(source, store_history=False)
        error = result.error_before_exec or result.error_in_exec
        return self.tape.outputs, [] if error is None else describe(error)

    def rehearse(self, source: str, draws: bool) -> None:
        """Run a cell and forget it: what is slow or imported the first time is not in a submission's own."""
        spaces = self.ip.user_ns, self.ip.user_ns_hidden
        before = [dict(space) for space in spaces]
        self.run(source, draws)
        self.ip.displayhook.flush()
        for space, names in zip(spaces, before, strict=True):
            space.clear()
            space.update(names)
        self.tape.start()

    @contextlib.contextmanager
    def _captured(self) -> Iterator[None]:
        out, err = sys.stdout, sys.stderr
        sys.stdout, sys.stderr = TapeStream(self.tape, "stdout"), TapeStream(self.tape, "stderr")
        try:
            yield
        finally:
            sys.stdout, sys.stderr = out, err

    @contextlib.contextmanager
    def silent(self) -> Iterator[None]:
        """While a probe is asked, what is printed or shown goes nowhere."""
        self.ip.display_formatter.draws = False
        with self._captured():
            yield
        self.tape.start()

    def find(self, name: str) -> Any:
        """The value of a name in the notebook.

        Raises
        ------
        NameError
            If the notebook has not defined it.
        """
        try:
            return self.ip.user_ns[name]
        except KeyError:
            raise NameError(f"the notebook does not define {name}") from None


def describe(error: BaseException) -> list[str]:
    """An error's class name, message and the line of the cell it came from."""
    try:
        message = str(error)[:2000]
    except Exception:  # noqa: BLE001 (a hostile error's text)
        message = ""
    line = 0
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename.startswith("<ipython-input"):
            line = trace.tb_lineno
        trace = trace.tb_next
    return [type(error).__name__[:100], message, str(line)]
