"""Kernels for tests: one for a whole file, or a fresh one."""

import pytest

from client import Notebook


@pytest.fixture(scope="module")
def nb(tmp_path_factory):
    """A notebook that the tests of a file share, as cells share a notebook."""
    notebook = Notebook(tmp_path_factory.mktemp("notebook"))
    yield notebook
    notebook.close()


@pytest.fixture
def fresh(tmp_path):
    """A notebook of the test's own."""
    notebook = Notebook(tmp_path)
    yield notebook
    notebook.close()


@pytest.fixture
def another(tmp_path):
    """Makes one more notebook each time it is called."""
    made = []

    def make():
        made.append(Notebook(tmp_path))
        return made[-1]

    yield make
    for notebook in made:
        notebook.close()


# What is known not to hold yet. Each is a gap in the product, not in the test:
# take the line away with the fix.
KNOWN_GAPS = {
}


def pytest_collection_modifyitems(items):
    for item in items:
        reason = KNOWN_GAPS.get(item.originalname)
        if reason:
            item.add_marker(pytest.mark.xfail(reason=reason, strict=False))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """Jupyter's own tests skip what a kernel does not say of itself. Here that
    is a failure: all of them are to run."""
    report = (yield).get_result()
    if report.skipped and item.path.name == "test_kernel_spec.py":
        report.outcome = "failed"
        report.longrepr = f"skipped: {report.longrepr}"
