"""Markdown of Hugo, Docusaurus, MkDocs and their like: verbatim, never folded, never lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guide import GuideError, dialect
from tests.guide.foreign import same, shown, units

HUGO = """# A

{{< tabs name="one" >}}
{{% tab name="Linux" %}}

1. Do it:

   {{< text bash >}}
   $ tool a --b "<c>"
   answer {{< x >}}
   {{< /text >}}

{{% /tab %}}
{{< tab "Windows" >}}
```powershell
tool.exe a
```
{{< /tab >}}
{{< /tabs >}}
"""
DOCUSAURUS = """---
title: A
---
import Tabs from '@theme/Tabs';
import {
  TabItem,
} from "@theme/TabItem";

# A

<Tabs groupId="os">
  <TabItem value="linux" label="Linux">
    ```bash title="run.sh"
    tool a \\
      --b
    ```
  </TabItem>
  <TabItem
    value="windows"
    label="Windows"
  >

    Words of it.

    ```yaml
    a:
      b: c
    ```

  </TabItem>
</Tabs>

:::note Beware

Words in a box.

:::
"""
MKDOCS = """# A

=== "Linux"

    Words of it.

    ```sh
    tool a --b
    ```

=== "Windows"
    ```yaml
    a:
      b: c
    ```

    === "Inner"

        ```sh
        tool c --d
        ```

!!! note "Beware"
    Words in a box.

After all.
"""


@pytest.mark.parametrize(
    ("text", "file", "expected"),
    [
        (
            HUGO,
            "guide.md",
            [
                "step: Do it:",
                'command: tool a --b "<c>"',
                "output: answer {{< x >}}",
                "command: tool.exe a",
            ],
        ),
        (DOCUSAURUS, "guide.md", ["command: tool a \\ --b", "block: a: b: c"]),
        (DOCUSAURUS, "guide.mdx", ["command: tool a \\ --b", "block: a: b: c"]),
        (MKDOCS, "guide.md", ["command: tool a --b", "block: a: b: c", "command: tool c --d"]),
        (
            "# A\n\n<pre>\n$ tool a --b &lt;c&gt;\nanswer\n</pre>\n",
            "guide.md",
            ["command: tool a --b <c>", "output: answer"],
        ),
        (
            '# A\n\n<pre><code class="language-yaml">a:\n  b: c\n\n  d: e\n</code></pre>\n',
            "guide.md",
            ["block: a: b: c d: e"],
        ),
        ("# A\n\nIt is <code>tool a --b</code> now.\n", "guide.md", ["command: tool a --b"]),
        ("# A\n\n<code>\ntool a\ntool b\n</code>\n", "guide.md", ["block: tool a tool b"]),
        (
            "# A\n\n{% highlight bash %}\ntool a --b\n{% endhighlight %}\n",
            "guide.md",
            ["command: tool a --b"],
        ),
        (
            '# A\n\n{{< highlight yaml "linenos=table" >}}\na: b\n{{< /highlight >}}\n',
            "guide.md",
            ["block: a: b"],
        ),
        (
            "# A\n\n{{< text syntax=bash snip_id=one >}}\n$ tool a\n{{< /text >}}\n",
            "guide.md",
            ["command: tool a"],
        ),
        ("# A\n\n<Steps>\n```sh\ntool a\n```\n</Steps>\n", "guide.md", ["command: tool a"]),
        (
            "# A\n\nimport X from 'x'\n\n<div>\n```sh\ntool a\n```\n</div>\n",
            "guide.md",
            ["command: tool a"],
        ),
        (
            "# A\n\n````mdx\n<Tabs>\n```sh\ntool a\n```\n</Tabs>\n````\n",
            "guide.md",
            ["block: <Tabs> ```sh tool a ``` </Tabs>"],
        ),
        (
            '# A\n\n<CodeBlock language="bash">{`tool a\ntool b`}</CodeBlock>\n',
            "guide.md",
            ["command: tool a tool b"],
        ),
        (
            '# A\n\n{{< tab header="B" lang="bash" >}}\ntool a\n{{< /tab >}}\n',
            "guide.md",
            ["command: tool a"],
        ),
        (
            "# A\n\n<Tabs values={[\n  {label: 'B', value: 'b'},\n]}>\n<TabItem value=\"b\">\n"
            "```sh\ntool a\n```\n</TabItem>\n</Tabs>\n\n- c\n",
            "guide.md",
            ["command: tool a", "bullet: c"],
        ),
        ("# A\n\n{/*\n```sh\ntool a\n```\n*/}\n\nb\n", "guide.md", []),
        ("# A\n\n!!! b\nc\n", "guide.md", []),
        ("# A\n\n::: code-group\n\n```sh\ntool a\n```\n\n:::\n", "guide.md", ["command: tool a"]),
        (
            '# A\n\n- b\n\n  === "C"\n\n      ```sh\n      tool a\n      ```\n\n- d\n',
            "guide.md",
            ["bullet: b C", "command: tool a", "bullet: d"],
        ),
    ],
)
def test_every_block_of_a_dialect_is_found_as_it_stands(
    text: str, file: str, expected: list[str]
) -> None:
    assert shown(text, file) == expected


@pytest.mark.parametrize(
    ("text", "lines"),
    [(HUGO, [8, 10, 15]), (DOCUSAURUS, [13, 25]), (MKDOCS, [7, 12, 19])],
)
def test_the_lines_of_a_dialect_stay_its_own(text: str, lines: list[int]) -> None:
    kinds = ("command", "block", "output")
    assert [unit.line for unit in units(text) if unit.kind in kinds] == lines


@pytest.mark.parametrize(
    ("text", "old", "new", "quiet"),
    [
        (HUGO, "--b", "--c", False),
        (HUGO, 'name="Linux"', 'name="macOS"', False),
        (HUGO, 'name="one"', "name='one'", True),
        (DOCUSAURUS, 'label="Linux"', 'label="macOS"', False),
        (DOCUSAURUS, "run.sh", "stop.sh", False),
        (DOCUSAURUS, "      b: c", "      b: d", False),
        (DOCUSAURUS, 'groupId="os"', 'groupId="system"', True),
        (DOCUSAURUS, "Words in a box", "Never words in a box", False),
        (MKDOCS, '=== "Linux"', '=== "macOS"', False),
        (MKDOCS, "tool c", "tool e", False),
        (MKDOCS, "!!! note", "!!! warning", True),
        (MKDOCS, "Words in a box", "No words in a box", False),
        ("# A\n\n<pre>\na  b\n</pre>\n", "a  b", "a b", False),
        ("# A\n\n<Tool run='a -b' />\n\nc\n", "a -b", "a -d", False),
        ('# A\n\nc\n\n<Tool\n  run="a -b"\n/>\n\n- d\n', "a -b", "a -d", False),
        ("# A\n\nc\n\n<Tool run={a} />\n", "{a}", "{d}", False),
        ("# A\n\n<b>a</b> c\n", "<b>a</b>", "a", True),
        ("# A\n\n<p>\nb\n</p>\n", "<p>", '<p class="x">', True),
    ],
)
def test_facts_of_a_dialect_are_seen_and_its_dress_is_quiet(
    text: str, old: str, new: str, quiet: bool
) -> None:
    assert old in text
    assert same(text, text.replace(old, new)) is quiet


def test_the_settings_of_a_component_over_several_lines_are_no_prose() -> None:
    text = "# A\n\n<Tabs values={{[\n  {{label: '{}'}},\n]}}>\n\nb\n\n</Tabs>\n"
    assert same(text.format("C"), text.format("D"))


def test_the_title_of_a_box_is_no_part_of_the_first_sentence() -> None:
    text = '# A\n\n{{% alert title="Note" %}}\nCreate the file a.yaml.\n{{% /alert %}}\n'
    assert shown(text) == ["instruction: Create the file a.yaml."]


LINE = st.sampled_from(
    ["", "text", "  text", "    text", "```sh", "```", "````mdx", "````", '=== "A"', "!!! note",
     "<Tabs>", "</Tabs>", "  <Tab a='b'>", "  </Tab>", "<pre>", "</pre>", "<!--", "-->", "- a",
     "1. a", "{{< text bash >}}", "{{< /text >}}", "{{< tab >}}", "{{< /tab >}}", "{% raw %}",
     "{% endraw %}", ":::note", ":::", "import A from 'a'", "export const a = 1", "\t- b",
     "> c", "<Tab", "  a='b'", "/>", "~~~", "{/*", "*/}", "{{< a", "| a |", "|---|"]
)  # fmt: skip


@given(st.lists(LINE, max_size=30), st.booleans())
def test_no_line_is_lost_or_added(lines: list[str], is_mdx: bool) -> None:
    assert len(dialect.plain(lines, is_mdx=is_mdx)) == len(lines)


@given(st.lists(LINE, max_size=30))
def test_any_mixture_is_read_or_refused_with_its_line(lines: list[str]) -> None:
    problem = refusal("\n".join([*lines, "words"]))
    assert problem is None or problem.line >= 1


def refusal(text: str) -> GuideError | None:
    try:
        units(text)
    except GuideError as problem:
        return problem
    return None
