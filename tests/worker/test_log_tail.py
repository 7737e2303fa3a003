"""The tail of what a child writes to its stderr."""

import subprocess
import sys

import pytest

from prunesweep.worker.log_tail import KEPT, LogTail


@pytest.fixture
def log():
    log = LogTail()
    yield log
    log.close()


def write(log, code):
    subprocess.run([sys.executable, "-c", code], stderr=log.fileno(), check=True)


def test_what_a_child_wrote(log):
    write(log, "import sys; print('one\\ntwo', file=sys.stderr)")
    assert log.text() == "one\ntwo\n"
    assert log.last_line() == "two"
    log.clear()
    assert log.text() == "" and log.last_line() == ""


def test_a_child_goes_on_after_the_log_was_cleared(log):
    code = "import sys\nprint('before', file=sys.stderr, flush=True)\nsys.stdin.read()\nprint('after', file=sys.stderr)"
    child = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stderr=log.fileno())
    while not log.text():
        pass
    log.clear()
    child.communicate()
    assert log.text() == "after\n"


def test_only_the_end_is_kept_and_the_file_stays_small(log):
    write(log, "import sys\nfor n in range(200_000): print(f'line {n}', file=sys.stderr)")
    text = log.text()
    assert text.endswith("line 199999\n") and len(text) <= KEPT
    assert text.startswith("line ")
    assert log.text() == text


def test_bytes_that_are_no_text(log):
    write(log, "import sys; sys.stderr.buffer.write(b'\\xff\\x00ok\\n')")
    assert log.text() == "\N{REPLACEMENT CHARACTER}\0ok\n"


def test_a_closed_log_is_empty():
    log = LogTail()
    log.close()
    assert log.text() == ""
