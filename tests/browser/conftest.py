# SPDX-License-Identifier: Apache-2.0
"""A browser of a test's own."""
import pytest

from support.page import open_page


@pytest.fixture
def page():
    with open_page() as page:
        yield page
