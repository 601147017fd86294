"""Fixtures that several modules of tests about runs and their pages use."""

import pytest
import site_sample as sample

from report.site.site import Site


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The built site of a run with something in every state."""
    folder = tmp_path_factory.mktemp("red")
    made = Site(sample.build(folder / "clone"), folder / "site")
    made.build()
    return made
