"""Keeping a site: edits, spreadsheets, versions, closures. No HTTP here; the pages are in ``server.pages``."""
