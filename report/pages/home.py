"""The home page: the state of the whole guide at a glance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from report.pages import charts, past
from report.pages.book import Book
from report.pages.chapter import last_green
from report.pages.facts import Fact, counts, facts, meter
from report.pages.runs import ended
from report.pages.states import MEANING, SIGN, State, badge, worst
from report.pages.tables import table
from report.pages.text import anchor, line, plural
from report.pages.text import markdown as inert

STRIP_RUNS = 60
_COLUMNS = (
    State.PROVEN,
    State.ERRATUM,
    State.FAILED,
    State.STALE,
    State.NOT_RUN,
    State.SKIPPED,
    State.EXCUSED,
    State.UNPROVEN,
)


def markdown(book: Book) -> str:
    """The whole page."""
    title = f"{inert(book.of.title)} and its proof" if book.of else "The guide and its proof"
    return (
        "\n\n".join(
            part
            for part in (
                f"---\ntitle: {title}\nhide:\n  - toc\n---",
                f"# {title}",
                _hero(book),
                _alarm(book),
                _warning("A clock went: runs count in the order of their recording", book.clocks),
                _warning("Not everything could be read", book.problems),
                "## Chapters { #chapters }",
                _chapters(book),
                _skipped(book),
                _strip(book),
                _others(book),
                _try(book),
            )
            if part
        )
        + "\n"
    )


def _hero(book: Book) -> str:
    found = book.counts()
    total = sum(found.values())
    good = found[State.PROVEN] + found[State.ERRATUM] + found[State.EXCUSED]
    failed = sum(1 for _ in book.failed())
    broken_off = _broken_off(book)
    if failed:
        fails = plural(failed, "scenario fails", "scenarios fail")
        head = f"{fails}: the guide does not hold as it stands"
    elif broken_off:
        head = "The last run did not come to its end"
    elif total and good == total:
        head = "Every unit of the guide is proven, corrected or excused"
    else:
        head = (
            f"{found[State.PROVEN] + found[State.ERRATUM]} of {total} units are proven or corrected"
        )
    said = (
        f"{found[State.PROVEN]} of {plural(total, 'unit')} proven, "
        f"{plural(found[State.ERRATUM], 'erratum', 'errata')} proven and corrected."
    )
    shown = facts([Fact.of(results) for results in book.results], "", book.up)
    return (
        f'<div class="pb-hero" data-search-exclude><p class="pb-big">{head}</p>'
        f"<p>{said} Every badge leads to what was "
        f"typed and answered.</p>{meter(found)}{counts(found)}{shown}</div>"
    )


def _alarm(book: Book) -> str:
    rows = _broken_off(book)
    for scenario, proof in book.failed():
        home = book.home_of(scenario)
        page = home.split("/", 1)[0]
        ident = f"s-{anchor(proof.scenario.id)}-{anchor(proof.results.run.provider)}"
        where = book.edition.units[home].text if home else scenario.feature
        chapter = book.edition.pages[page].title if home else ""
        href = f"guide/{page}.html#{ident}" if home else f"runs/{anchor(proof.results.run.id)}.html"
        first = proof.scenario.error.strip().split("\n")[0]
        rows.append(
            f'<li><a href="{href}">{line(scenario.name)}</a> · {line(chapter)}, {line(where)} · '
            f'{line(proof.results.run.provider)}<span class="pb-why">{line(first)}</span>'
            f'<span class="pb-why">Last green: {last_green(book, proof, "")}</span></li>'
        )
    if not rows:
        return ""
    return (
        f'<section class="pb-alarm" aria-labelledby="broke"><h2 id="broke">What broke</h2>'
        f"<ul>{''.join(rows)}</ul></section>"
    )


def _broken_off(book: Book) -> list[str]:
    """The newest run of each provider, where it did not come to its end."""
    newest = {results.run.provider: results.run for results in reversed(book.whole)}
    return [
        f'<li><a href="{past.href(run.id)}">Run {line(run.id)}</a> · '
        f"{line(run.provider or 'no sandbox')} · ended early, {how}</li>"
        for run in newest.values()
        if (how := ended(run))
    ]


def _warning(title: str, lines: Sequence[str]) -> str:
    if not lines:
        return ""
    rows = "".join(f"<li>{line(one)}</li>" for one in lines)
    return f'<div class="pb-warn"><p class="pb-h">{title}</p><ul>{rows}</ul></div>'


def _chapters(book: Book) -> str:
    heads = [
        f'<th scope="col" class="pb-n" title="{MEANING[state]}">'
        f'<span aria-hidden="true">{SIGN[state]}</span>{state}</th>'
        for state in _COLUMNS
    ]
    rows = "".join(_row(book, stem) for stem in book.order)
    last = '<th scope="col" class="pb-n"><span aria-hidden="true">Σ</span>units</th>'
    return table(("chapter", "state", *heads, last), rows, "chapters")


def _skipped(book: Book) -> str:
    """What no provider has run, by the reason."""
    found: Counter[str] = Counter()
    for scenario in book.features.scenarios.values():
        if book.scenario_state(scenario) is State.SKIPPED:
            found[book.reason(scenario, State.SKIPPED)] += 1
    said = [f"<li>{plural(count, 'scenario')} {line(why)}</li>" for why, count in found.items()]
    if not said:
        return ""
    return f'<p class="pb-h">{badge(State.SKIPPED)} Not run</p>\n<ul>{"".join(said)}</ul>'


def _row(book: Book, stem: str) -> str:
    found = book.counts(stem)
    total = sum(found.values())
    fine = found[State.PROVEN] + found[State.ERRATUM] + found[State.EXCUSED]
    cells = "".join(
        f'<td class="pb-n">{found[state]}</td>'
        if found[state]
        else '<td class="pb-n pb-zero">·</td>'
        for state in _COLUMNS
    )
    href = f"guide/{stem}.html"
    return (
        f'<tr><th scope="row"><a href="{href}">{line(book.edition.pages[stem].title)}</a></th>'
        f"<td>{badge(worst(found), href=href)}</td>{cells}"
        f'<td class="pb-n">{fine} of {total}</td></tr>'
    )


def _strip(book: Book) -> str:
    runs = book.history[-STRIP_RUNS:]
    if not runs:
        return "## Last runs { #runs }\n\nNo run is stored yet."
    cells = [
        charts.Cell(
            run.provider,
            past.status(run),
            f"{run.id}: {past.words(run)}",
            past.href(run.id) if run.id in book.shown else "",
        )
        for run in runs
    ]
    return (
        f"## Last runs {{ #runs }}\n\n{charts.strips(cells)}\n\n"
        "The [history](history.md) has the grid of chapters and runs, durations, and "
        "what changed when something broke."
    )


def _others(book: Book) -> str:
    """The other books of the site, with what their units say."""
    if not book.others:
        return ""
    rows = "".join(
        f'<tr><th scope="row"><a href="{other.href}">{line(other.title)}</a></th>'
        f"<td>{badge(worst(other.counts), href=other.href)}</td><td>{line(other.description)}</td>"
        f'<td class="pb-n">{sum(other.counts.values())}</td></tr>'
        for other in book.others
    )
    heads = ("book", "state", "what it is about", "units")
    return f"## Other books {{ #books }}\n\n{table(heads, rows, 'books')}"


def _try(book: Book) -> str:
    setting = f" {book.of.setting}" if book.of and book.of.setting else ""
    command = f"make e2e{setting}"
    return (
        "## Try it { #try }\n\n```bash\nmake test    # no cluster: a minute or two\n"
        f"{command:12} # a sandbox, every scenario, this site\n```\n\n"
        f"Git, make and Python 3.11 are enough. [Try it]({book.up}try-it.md) shows how to prove "
        "one chapter, or to walk through the guide in a live sandbox."
    )
