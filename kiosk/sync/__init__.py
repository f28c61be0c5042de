"""The central server as the kiosk sees it."""
