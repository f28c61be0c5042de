"""The barest Kivy window: one label, the kiosk's own window settings. Prints when its first frame was up."""

from __future__ import annotations

import sys
import time


def main() -> None:
    from kiosk import settings
    from kiosk.ui import env

    width, height = (int(part) for part in sys.argv[1].split("x"))
    env.prepare(settings.load(environ={}), (width, height))
    from kivy.app import App
    from kivy.core.window import Window
    from kivy.uix.label import Label

    class Bare(App):  # type: ignore[misc]
        def build(self) -> Label:
            Window.bind(on_flip=self.first)
            return Label(text="Selamat datang")

        def first(self, *_: object) -> None:
            Window.unbind(on_flip=self.first)
            print(time.time(), flush=True)

    Bare().run()


if __name__ == "__main__":
    main()
