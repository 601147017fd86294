"""A working copy of what is read-only can be worked on."""

from __future__ import annotations

from pathlib import Path

from sandbox.copying import working_copy


def test_everything_in_a_copy_can_be_changed_by_its_owner(tmp_path: Path) -> None:
    source = tmp_path / "source"
    (source / "inner").mkdir(parents=True)
    (source / "inner" / "run.sh").write_text("#!/bin/sh\n")
    for path, mode in (("inner/run.sh", 0o555), ("inner", 0o500), ("", 0o500)):
        (source / path).chmod(mode)
    (tmp_path / "target").mkdir()
    (tmp_path / "target" / "there").touch()
    made = working_copy(source, tmp_path / "target")
    modes = {each.name: each.stat().st_mode & 0o777 for each in (made, *made.rglob("*"))}
    assert modes["target"] & 0o700 == modes["inner"] & 0o700 == 0o700
    assert modes["run.sh"] == 0o755
    assert (made / "there").exists()
    assert (made / "inner" / "run.sh").read_text() == "#!/bin/sh\n"
