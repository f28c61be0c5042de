"""The window: Kivy, and only here."""
