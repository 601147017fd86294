"""What a run keeps of its commands: masked, cut with the whole beside, and where it belongs."""

from pathlib import Path

from shop_suite import FEATURE
from tiny_suite import TinySuite

SECRETS = """
    from report import masking

    @pytest.fixture(autouse=True)
    def sandbox(collector):
        masking.register("open-sesame")
        collector.describe(provider="embedded", versions={"flux": "v2.9"}, simulated=("pods",))
        collector.phase("etcd starts")
        collector.phase("etcd", 0.5)
        with collector.setting_up():
            command("bring up", "glpat-0123456789abcdefgh", collector)
        return collector

    def command(line, output, collector):
        collector.record("commands", dict(
            line=line, cwd=".", exit_code=0, stdout=output, stderr="", duration_s=0.1))

    @given("a shelf")
    def shelf(collector):
        command("cat secret", "it is open-sesame", collector)
        collector.bundle("bundles/first")

    @when("something happens")
    def something(collector):
        command("cat much", "head open-sesame\\n" + "x" * 5_000_000 + "\\ntail", collector)
        print("open-sesame")
        assert False, "told open-sesame"

    @then("it is over")
    def over(): pass
"""


def test_no_secret_reaches_any_file_and_long_outputs_lie_beside(tmp_path: Path) -> None:
    suite = TinySuite(tmp_path, FEATURE, SECRETS)
    ran = suite.run("--junitxml", "build/junit.xml")
    assert ran.exit_code == 1
    everything = [path for path in (tmp_path / "build").rglob("*") if path.is_file()]
    assert len(everything) == 3
    for path in everything:
        assert "sesame" not in path.read_text(), path
        assert "0123456789abcdefgh" not in path.read_text()
    assert "sesame" not in ran.stdout
    assert ran["shop/first"].error.startswith("told ***")
    assert ran["shop/first"].bundle == "bundles/first"
    (much,) = ran["shop/first"].steps[1].commands
    whole = (tmp_path / "build" / much.stdout_file).read_text()
    assert len(whole) > 5_000_000
    assert len(much.stdout) < 100_000
    assert much.stdout.startswith("head ***\nxxx")
    assert much.stdout.endswith("xxx\ntail")
    assert f"the whole is in {much.stdout_file}" in much.stdout


def test_what_brings_the_sandbox_up_belongs_to_the_run(tmp_path: Path) -> None:
    ran = TinySuite(tmp_path, FEATURE, SECRETS).run("--only", "shop/third")
    run = ran.results.run
    assert [command.line for command in run.setup.commands] == ["bring up"]
    assert [command.line for command in ran["shop/third"].steps[0].commands] == ["cat secret"]
    assert (run.provider, dict(run.versions), run.simulated) == (
        "embedded",
        {"flux": "v2.9"},
        ("pods",),
    )
    assert [(phase.phase, phase.duration_s) for phase in run.phases] == [("etcd", 0.5)]
