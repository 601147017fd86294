"""What people see of a build, on a terminal and elsewhere."""

from __future__ import annotations

import io

from sandbox.toolchain.progress import Clock, Printer, Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_elsewhere_than_on_a_terminal_each_new_thing_is_a_plain_line() -> None:
    stream = io.StringIO()
    printer = Printer(stream)
    for detail in ("fmt", "os"):
        printer(Progress(what="building etcd", detail=detail, n=2, m=15, elapsed_s=61))
    printer(Progress(what="copying", elapsed_s=100))
    printer.end()
    assert stream.getvalue() == (
        "toolchain: building etcd (2 of 15), 1:01\ntoolchain: copying, 1:40\n"
    )


def test_on_a_terminal_one_line_changes_and_is_left_at_the_end() -> None:
    stream = Terminal()
    printer = Printer(stream)
    printer(Progress(what="building etcd", detail="fmt", n=2, m=15, elapsed_s=5))
    printer(Progress(what="building etcd", detail="os", n=2, m=15, elapsed_s=6))
    printer.end()
    printer.end()
    assert stream.getvalue() == (
        "\r\x1b[Ktoolchain: building etcd (2 of 15), 0:05  fmt"
        "\r\x1b[Ktoolchain: building etcd (2 of 15), 0:06  os\n"
    )


def test_a_line_is_never_longer_than_the_terminal() -> None:
    stream = Terminal()
    Printer(stream)(Progress(what="building etcd", detail="x" * 500))
    assert len(stream.getvalue()) < 500


def test_a_clock_counts_from_its_beginning() -> None:
    told: list[Progress] = []
    clock = Clock(told.append)
    clock.tell("one", "detail", n=1, m=2)
    clock.tell("two")
    assert (told[0].what, told[0].detail, told[0].n, told[0].m) == ("one", "detail", 1, 2)
    assert 0 <= told[0].elapsed_s <= told[1].elapsed_s
