"""A program that nobody reads any more: it does its work, and ends as it has earned."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration

ROOT = Path(__file__).resolve().parents[2]
SAYS_MUCH = """
import sys
from pathlib import Path
from guide import unread
unread.go_on()
for number in range(20_000):
    print(number, file=sys.{stream})
sys.{stream}.write("a last word, not flushed")
Path(sys.argv[1]).write_text("done")
raise SystemExit(5)
"""


def run_unread(script: str, *words: str) -> subprocess.CompletedProcess[bytes]:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        line = [sys.executable, "-c", script, *words]
        kept = "stderr" if ".stdout" in script else "stdout"
        gone = "stdout" if kept == "stderr" else "stderr"
        return subprocess.run(
            line, cwd=ROOT, timeout=120, check=False, **{gone: writer, kept: subprocess.PIPE}
        )
    finally:
        os.close(writer)


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_work_that_nobody_reads_is_done_and_ends_as_it_would(stream: str, tmp_path: Path) -> None:
    done = run_unread(SAYS_MUCH.replace("{stream}", stream), str(tmp_path / "work"))
    assert (done.returncode, done.stdout or b"", done.stderr or b"") == (5, b"", b"")
    assert (tmp_path / "work").read_text() == "done"
