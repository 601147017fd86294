"""What nobody reads, of guide or sandbox: it does its work, and ends as it has earned."""

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
from {package} import unread
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


@pytest.mark.parametrize("package", ["sandbox", "guide"])
@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_work_that_nobody_reads_is_done_and_ends_as_it_would(
    package: str, stream: str, tmp_path: Path
) -> None:
    done = run_unread(SAYS_MUCH.format(package=package, stream=stream), str(tmp_path / "work"))
    assert (done.returncode, done.stdout or b"", done.stderr or b"") == (5, b"", b"")
    assert (tmp_path / "work").read_text() == "done"


@pytest.mark.parametrize("package", ["sandbox", "guide"])
@pytest.mark.parametrize("closed", ["1", "2", "1 2", "0 1 2"])
def test_work_without_a_place_to_say_anything_is_done_as_well(
    package: str, closed: str, tmp_path: Path
) -> None:
    script = SAYS_MUCH.format(package=package, stream="stdout" if "1" in closed else "stderr")
    shut = " ".join(f"{number}>&-" for number in closed.split())
    done = subprocess.run(
        ["sh", "-c", f'exec "$@" {shut}', "sh", sys.executable, "-c", script, tmp_path / "work"],
        cwd=ROOT,
        timeout=120,
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (5, b"", b"")
    # Not in the file that was opened next.
    assert (tmp_path / "work").read_text() == "done"


@pytest.mark.parametrize("module", ["guide", "sandbox"])
def test_a_program_that_is_read_no_longer_ends_with_the_code_of_what_it_found(module: str) -> None:
    words = {
        "guide": [sys.executable, "-m", "guide", "check", "--features=/nowhere"],
        "sandbox": [sys.executable, "-m", "sandbox", "logs", "--name", "a name that is none"],
    }
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(
            words[module], cwd=ROOT, stdout=writer, stderr=writer, timeout=120, check=False
        )
    finally:
        os.close(writer)
    assert done.returncode == 2
