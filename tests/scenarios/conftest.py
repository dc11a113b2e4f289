"""The street of a scenario: server and browsers, all its own, gone afterwards."""

import pytest


@pytest.fixture
def street(tmp_path, chromium_type):
    """Skipped where the till was not built."""
    from tests.browser.conftest import WEB
    from tests.scenarios.street import Street

    if not (WEB / "dist" / "till" / "index.html").exists():
        pytest.skip("web/ is not built: run `make build`")
    street = Street(tmp_path, chromium_type)
    yield street
    street.close()
