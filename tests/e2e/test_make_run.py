"""What `make run` does where there is no screen: a visit on a virtual one, and pictures of it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.e2e
@pytest.mark.timeout(180)
def test_without_a_screen_a_visit_is_shown_in_pictures(tmp_path: Path) -> None:
    out = tmp_path / "pictures"
    environment = {
        name: value for name, value in os.environ.items() if name not in {"DISPLAY", "WAYLAND_DISPLAY"}
    }
    result = subprocess.run(
        [ROOT / "scripts" / "run"],
        env=environment | {"OUT": str(out), "TMPDIR": str(tmp_path)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines()[-1].endswith(str(out))
    sizes = {}
    for picture in out.glob("*.png"):
        with Image.open(picture) as image:
            sizes[picture.name] = image.size
    screens = [name for name, size in sizes.items() if size == (1080, 1920)]
    papers = [name for name, size in sizes.items() if size != (1080, 1920)]
    assert len(screens) >= 4, sizes
    assert papers, sizes
    assert [entry.name for entry in tmp_path.iterdir()] == ["pictures"], "the temporary state was not removed"
