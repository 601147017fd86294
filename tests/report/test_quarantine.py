from datetime import date
from pathlib import Path

import pytest

from guide import GuideError
from report.regression.quarantine import FILE, Quarantine, Quarantined


def read(folder: Path, text: str) -> Quarantine:
    (folder / FILE).write_text(text)
    return Quarantine.read(folder)


def test_an_entry_has_an_id_a_reason_and_an_end(tmp_path: Path) -> None:
    found = read(tmp_path, "- id: shop/opens\n  reason: being\n    mended\n  until: 2026-12-31\n")
    assert found.entries == (Quarantined("shop/opens", "being mended", date(2026, 12, 31)),)
    assert found.of("shop/opens[2]") == found.entries[0]
    assert found.of("shop/closes") is None


def test_no_file_and_an_empty_one_hold_nothing(tmp_path: Path) -> None:
    assert Quarantine.read(tmp_path).entries == ()
    assert read(tmp_path, "# nothing\n").entries == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- {id: shop/a, reason: why}", 'has no "until"'),
        ("- {id: shop/a, until: 2026-12-31}", 'has no "reason"'),
        ("- {id: shop/a, reason: ' ', until: 2026-12-31}", "reason"),
        ("- {id: shop/a, reason: why, until: soon}", '"soon" is no day'),
        ("- {id: shop/a, reason: why, until: 2026-12-31T10:00:00}", "is no day"),
        ("- {id: shop/a, reason: why, until: 2026-02-31}", ""),
        ("- {id: shop, reason: why, until: 2026-12-31}", "id"),
        ("- {id: shop/a, reason: why, until: 2026-12-31, since: 1}", '"since"'),
        ("id: shop/a", ""),
        ("- {", ""),
        ("\n".join(["- {id: shop/a, reason: why, until: 2026-12-31}"] * 2), "twice"),
    ],
)
def test_what_is_wrong_is_one_line_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(GuideError) as caught:
        read(tmp_path, text)
    assert caught.value.exit_code == 2
    assert said in str(caught.value)
    assert str(caught.value).startswith(f"{tmp_path / FILE}:")
    assert "\n" not in str(caught.value)
