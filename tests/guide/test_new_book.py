"""A book laid out from somebody's Markdown: their text, blocks with ids and paths, steps."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from guide import Book, Edition, Features, GuideError, shelf
from guide.__main__ import main
from guide.check import Check, hindrances
from guide.lock import SourceLock
from guide.new_book import lay_out

SMALL = Path(__file__).parents[1] / "steps" / "samples" / "small-guide.md"

GUIDE = """# Our platform

## Getting in

Before `the` steps.

```sh
flux check
```

1. Put this into **apps/a.yaml**:

       indented text stays

   ```yaml
   a: <host>
   ```

2. And this:

   ```
   # apps/b.yaml
   b: <gitlab-host>
   ```

   Then look, and do not be surprised.

   - A bullet:

     ```bash
     kubectl get nodes
     ```

### Later

1. Push:

   ```bash
   git push
   ```

## Step by step

### Step 4. First

```yaml title="apps/c.yaml"
c: 1
```

```yaml
d: 1
```

### Step 5: Second

```yaml title="../out.yaml"
e: 1
```

### Step 6: Think

About it.

## Nothing to do

Only words.
"""


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder with a guide; no book lies beside it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(shelf, "ROOT", tmp_path)
    (tmp_path / "guide.md").write_text(GUIDE)
    shutil.copyfile(SMALL, tmp_path / "small.md")
    return tmp_path


def edition() -> Edition:
    return Edition.read(shelf.find("ours").edition)


def test_chapters_become_pages_and_numbered_items_become_steps(desk: Path) -> None:
    assert main(["book", "ours", "guide.md"]) == 0
    assert shelf.find("ours").chapters == ("getting", "step-step", "nothing-do")
    steps = {unit.id: unit.text for unit in edition().units.values() if unit.kind == "step"}
    assert steps == {
        "getting/step-1": "Step 1: Put this into **apps/a.yaml**",
        "getting/step-2": "Step 2: And this",
        "getting/step-3": "Step 3: Push",
        "step-step/step-1": "Step 1: First",
        "step-step/step-2": "Step 2: Second",
        "step-step/step-3": "Step 3: Think",
    }


def test_blocks_have_ids_and_the_paths_that_the_guide_shows(desk: Path) -> None:
    main(["book", "ours", "guide.md"])
    found = {b.id: (b.language, b.path, bool(b.unused)) for b in edition().blocks.values()}
    assert found == {
        "flux-check": ("sh", "", True),
        "apps": ("yaml", "apps/a.yaml", False),
        "apps-b": ("yaml", "apps/b.yaml", False),
        "kubectl-get-nodes": ("bash", "", False),
        "git-push": ("bash", "", False),
        "apps-c": ("yaml", "apps/c.yaml", False),
        "d-1": ("yaml", "", True),
        "e-1": ("yaml", "", True),
    }
    assert "A bullet:" in Path("books/ours/edition/getting.md").read_text()
    assert "    indented text stays" in Path("books/ours/edition/getting.md").read_text()


def test_what_is_laid_out_has_nothing_wrong_but_its_open_units(desk: Path) -> None:
    main(["book", "ours", "guide.md"])
    book = shelf.find("ours")
    check = Check.of(book.edition, book.features, book.lock, book.errata)
    assert [str(problem) for problem in check.problems] == []
    assert check.open_units
    scenarios = Features.read(book.features, edition()).scenarios
    assert scenarios["getting/as-it-says"].followed == tuple(("getting", n) for n in (1, 2, 3))
    assert "the pushed commit" in scenarios["getting/as-it-says"].steps[-1].text
    assert scenarios["step_step/as-it-says"].units == ("step-step/step-1",)
    assert book.layout.commit == ""
    assert book.filled == {"gitlab-host"}
    assert "#   host: ..." in book.file.read_text()


def test_check_names_the_next_thing_to_do_first(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["book", "ours", "guide.md"])
    assert capsys.readouterr().out.endswith("next: make check BOOK=ours\n")
    assert main(["check", "--todo", "--book", "ours"]) == 2
    assert "nothing fills <host> of block" in capsys.readouterr().err
    file = Path("books/ours/book.yaml")
    file.write_text(file.read_text().replace("placeholders:\n", "placeholders:\n  host: a.b\n", 1))
    assert main(["check", "--todo", "--book", "ours"]) == 0
    said = capsys.readouterr().out.splitlines()
    place = "books/ours/edition/getting.md:5"
    assert said[1] == f'next: {place}: block "flux-check": outside the numbered steps, which ' + (
        "scenario uses it?"
    )
    assert sum(line.startswith("next: ") for line in said) == 1
    assert "then: books/ours/features/getting.feature:1: what does this chapter promise?" in said
    assert [line for line in said if "source.lock" in line] == [said[0], said[-1]]
    assert said[-1].startswith(
        'then: books/ours/source.lock:3: 16 units are open, the first is "getting". Cure: the fate '
    )


def test_a_book_whose_guide_is_proven_has_nothing_left(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["book", "ours", "small.md"])
    lock = Path("books/ours/source.lock")
    text = lock.read_text().replace('"open"', '{"excused": "a test"}')
    lock.write_text(text)
    for path in Path("books/ours").rglob("*.*"):
        if path.suffix in (".md", ".feature"):
            path.write_text(path.read_text().replace("TODO: ", ""))
    capsys.readouterr()
    assert main(["check", "--todo", "--book", "ours"]) == 0
    assert capsys.readouterr().out == "nothing is left to do: the guide has its proof\n"


def test_several_guides_make_one_book(desk: Path) -> None:
    assert main(["book", "ours", "guide.md,small.md"]) == 0
    book = shelf.find("ours")
    assert book.sources == ("guide.md", "small.md")
    lock = SourceLock.read(book.lock)
    assert lock.sources == ["guide.md", "small.md"]
    assert {unit.source for unit in lock.units} == set(lock.sources)
    for guide in ("guide.md", "small.md"):
        assert main(["audit", "--book", "ours", guide]) == 0
    text = Path("small.md").read_text()
    Path("small.md").write_text(f"{text}\n## One more\n\nIt claims something.\n")
    assert main(["audit", "--book", "ours", "small.md"]) == 1
    assert main(["audit", "--book", "ours", "small.md", "--accept"]) == 0
    assert main(["audit", "--book", "ours", "small.md"]) == 0
    assert main(["audit", "--book", "ours", "guide.md"]) == 0
    assert SourceLock.read(book.lock).part("guide.md").units == lock.part("guide.md").units
    with pytest.raises(GuideError, match=r'locks no guide "smal.md". Cure: did you mean small.md'):
        lock.part("smal.md")


def test_two_guides_that_say_the_same_are_told_apart(desk: Path) -> None:
    shutil.copy("small.md", "other.md")
    assert main(["book", "ours", "small.md,other.md"]) == 0
    units = SourceLock.read(shelf.find("ours").lock).units
    assert len({unit.id for unit in units}) == len(units)
    assert main(["audit", "--book", "ours", "other.md"]) == 0
    assert len(edition().pages) == 6


def test_guides_whose_names_begin_alike_have_units_of_their_own(desk: Path) -> None:
    names = ["small.md", "how-we-run-it-here.md", "how-we-run-it-there.md"]
    for name in names[1:]:
        shutil.copy("small.md", name)
    assert main(["book", "ours", ",".join(names)]) == 0
    lock = SourceLock.read(shelf.find("ours").lock)
    assert {len(lock.part(name).units) for name in names} == {len(lock.units) // 3}
    assert [main(["audit", "--book", "ours", name]) for name in names] == [0, 0, 0]
    assert main(["audit", "--book", "ours", "--accept", names[2]]) == 0
    assert SourceLock.read(shelf.find("ours").lock).units == lock.units


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("1.\n   ```sh\n   flux tree\n   ```\n", "## Step 1: Go on {"),
        ("1.\tType:\n\n\t```sh\n\tflux tree\n\t```\n", "## Step 1: Type {"),
        ("-\tType:\n\n\t~~~sh\n\tflux tree\n\t~~~\n", "Type:\n\n~~~ {"),
        ("## In {cluster}\n\n```sh\nflux tree\n```\n", "# In \\{cluster} { #"),
        ("## B\n\n### In {a} {#b}\n\n```sh\nflux tree\n```\n", "## In \\{a}\n"),
        ("1. Look into {cluster}\n\n   ```sh\n   flux tree\n   ```\n", "into \\{cluster} { #"),
        ("## Step 1: Type\n\n```sh\nflux tree\n```\n\n## Step 2: Rest\n", "## Step 1: Type {"),
        ("# Step 2\n\n```sh\nflux tree\n```\n", "# step-2 { #step-2 }"),
        ("1. Type:\n\n   ```sh\n   flux tree\n   ```\n\n2.\n\n***\n", "## Step 2: Go on {"),
        ("- Type:\n\n  ```sh\n  flux tree\n  ```\n\n-\n\n---", "Type:\n\n``` {"),
        ("```sh {1,3-4}\nflux tree\n```\n", "``` { .sh #flux-tree }"),
        ("```sh\n$ flux tree\nkustomization\n```\n", "``` { .console #flux-tree }"),
        ("```yaml {2} title=\"a.yaml\"\na: b\n```\n", '{ .yaml #a title="a.yaml" }'),
        ("## Use `a <name>`\n\n```sh\nflux tree\n```\n", "# Use `a <name>` { #"),
        ("```c++ title=\"a.txt\"\na\n```\n", '{ .text #a title="a.txt" }'),
    ],
)  # fmt: skip
def test_any_usual_form_of_a_guide_is_laid_out(desk: Path, text: str, shown: str) -> None:
    Path("guide.md").write_text(f"# A\n\n{text}")
    assert main(["book", "ours", "guide.md"]) == 0
    book = shelf.find("ours")
    assert main(["check", "--book", "ours"]) == 0
    assert [block.is_followed for block in edition().blocks.values()] == [True]
    assert any(shown in path.read_text() for path in book.edition.glob("*.md"))


def test_steps_without_a_title_above_them_are_one_chapter(desk: Path) -> None:
    step = "## Step {}: Go\n\n```sh\nflux tree {}\n```\n\n"
    Path("guide.md").write_text(
        "Words.\n\n" + step.format(1, 1) + "## Aside\n\n" + step.format(2, 2)
    )
    assert main(["book", "ours", "guide.md"]) == 0
    assert main(["check", "--book", "ours"]) == 0
    assert set(edition().units) == {"guide/guide", "guide/step-1", "guide/step-2"}


def test_the_layout_follows_the_guides_own_paths(desk: Path) -> None:
    Path("guide.md").write_text(
        "# A\n\n```bash\nflux bootstrap gitlab --owner=ops --repository=infra --branch=trunk\n```\n"
        "\nWrite `k8s/clusters/prod-1/a.yaml`:\n\n```yaml\na: b\n```\n"
    )
    main(["book", "ours", "guide.md"])
    book = shelf.find("ours")
    assert (book.layout.group, book.layout.project, book.layout.branch) == ("ops", "infra", "trunk")
    assert (book.layout.path, book.layout.clusters) == ("k8s/clusters/{cluster}", ("prod-1",))
    assert book.start == "cluster"


def test_the_first_block_that_commits_everything_is_what_the_engineer_commits_by(
    desk: Path,
) -> None:
    push = "```sh\ngit {}\ngit commit -m {}\ngit push\n```\n"
    text = [push.format(*each) for each in (("add apps", 1), ("add -A", 2), ("add .", 3))]
    Path("guide.md").write_text("# A\n\n" + "\n## B\n\n".join(text))
    main(["book", "ours", "guide.md"])
    book = shelf.find("ours")
    assert "commit -m 2" in edition().block(book.layout.commit).text


@pytest.mark.parametrize("name", ["git-ad", "apps-a"])
def test_a_block_that_the_engineer_cannot_commit_by_is_told(
    desk: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    push = "```sh\ngit add .\ngit commit -m x\ngit push\n```\n"
    Path("guide.md").write_text(f'# A\n\n```yaml title="apps/a.yaml"\na: 1\n```\n\n{push}')
    main(["book", "ours", "guide.md"])
    assert main(["check", "--book", "ours"]) == 0
    file = Path("books/ours/book.yaml")
    file.write_text(file.read_text().replace("commit: git-add", f"commit: {name}"))
    capsys.readouterr()
    assert main(["check", "--book", "ours"]) == 2
    said = f'books/ours/book.yaml:16: layout: commit: no page has a block of commands "{name}"'
    assert said in capsys.readouterr().err
    book = shelf.find("ours")
    assert [each.line for each in hindrances(book, Edition.read(book.edition))] == [16]


@pytest.mark.parametrize(
    ("name", "guides", "said"),
    [
        ("Ours", "guide.md", '"Ours" is no name for a book. Cure: small letters'),
        ("", "guide.md", '"" is no name for a book'),
        ("all", "guide.md", '"all" is no name for a book'),
        ("ours", "", "no guide is named. Cure: make book NAME= GUIDE="),
        ("ours", "none.md", "none.md: cannot be read: No such file"),
        ("ours", "guide.md,./guide.md", 'source guide "guide.md" is listed twice. Cure: '),
        ("ours", "sub/guide.md,guide.md", 'guide.md: two source guides are called "guide.md", the'),
        ("ours", "the guide.md", "the guide.md: the name of a source guide has a blank. Cure: "),
        ("ours", "words.md", "words.md:1: no manifest with a path and no command in it"),
        ("ours", "open.md", "open.md:1: the fence is never closed"),
        ("there", "guide.md", "books/there is there already. Cure: take another name"),
    ],
)
def test_what_cannot_be_laid_out_is_refused_and_nothing_is_left(
    desk: Path, capsys: pytest.CaptureFixture[str], name: str, guides: str, said: str
) -> None:
    Path("words.md").write_text("# Words\n\nOnly words.\n")
    Path("open.md").write_text("```yaml\na: b\n")
    Path("sub").mkdir()
    for copy in ("sub/guide.md", "the guide.md"):
        shutil.copy("guide.md", copy)
    Path("books/there").mkdir(parents=True)
    assert main(["book", name, guides]) == 2
    assert capsys.readouterr().err.startswith(said)
    assert [path.name for path in Path("books").iterdir()] == ["there"]


def test_the_same_guide_gives_the_same_book() -> None:
    assert lay_out("ours", [SMALL]) == lay_out("ours", [SMALL])


def test_a_guide_that_installs_flux_looks_at_what_it_typed_last(desk: Path) -> None:
    text = "# A\n\n```bash\nflux install\n```\n\n```console\n$ flux check\n```\n"
    Path("guide.md").write_text(text)
    main(["book", "ours", "guide.md"])
    feature = Path("books/ours/features").glob("*.feature").__next__().read_text()
    assert feature.splitlines()[-2:] == [
        '    When the engineer runs block "flux-install"',
        '    Then block "flux-check" ends well',
    ]


def test_a_book_is_whole(desk: Path) -> None:
    main(["book", "ours", "small.md"])
    assert Book.read(Path("books/ours")).name == "ours"
    assert not list(Path("books").glob(".new-*"))


def test_a_further_guide_of_a_book_is_locked_beside_the_first(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["book", "ours", "guide.md"]) == 0
    Path("second.md").write_text(
        "# More\n\n## Look\n\n1. Type:\n\n   ```bash\n   flux tree\n   ```\n"
    )
    place = Path("books/ours")
    before = SourceLock.read(place / "source.lock").units
    audit = ["audit", "--book=ours", "second.md"]
    assert main([*audit, "--accept"]) == 2, "no guide of this book"
    book = place / "book.yaml"
    book.write_text(book.read_text().replace("- guide.md\n", "- guide.md\n- second.md\n"))
    capsys.readouterr()
    assert main(audit) == 1
    assert "gone" not in capsys.readouterr().out
    assert main([*audit, "--accept"]) == 0
    lock = SourceLock.read(place / "source.lock")
    assert lock.sources == ["guide.md", "second.md"]
    assert [unit.id for unit in lock.part("guide.md").units] == [unit.id for unit in before]
    assert [main(audit), main(["audit", "--book=ours", "guide.md"])] == [0, 0]
