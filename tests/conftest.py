"""For all tests: property tests have no deadline of their own, since a slow machine is no fault (bench measures)."""

from __future__ import annotations

import hypothesis

hypothesis.settings.register_profile("unhurried", deadline=None)
hypothesis.settings.load_profile("unhurried")
