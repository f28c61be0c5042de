"""What is on the glass now, as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.Image import Image


def picture(window: Any) -> Image:
    """Return the window's last frame as a Pillow image (RGB, top row first). Call it on the window's thread."""
    from kivy.graphics.opengl import GL_RGB, GL_UNSIGNED_BYTE, glReadPixels
    from PIL import Image

    width, height = window.width, window.height
    raw = glReadPixels(0, 0, width, height, GL_RGB, GL_UNSIGNED_BYTE)
    upside_down = Image.frombytes("RGB", (width, height), bytes(raw))
    return upside_down.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
