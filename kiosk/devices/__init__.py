"""Things plugged into the kiosk that are not the printer. Each module owns its device."""
