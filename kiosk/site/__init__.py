"""The site as files: reading, checking, spreadsheet exchange, safe replacement."""
