"""The kiosk's SQLite file: tickets, outbox, audit."""
