"""Anjungan: the self-service kiosk of a public-service mall."""
