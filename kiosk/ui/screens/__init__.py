"""One screen is one ``.py`` with its logic and one ``.kv`` with its look. ``router`` knows them all."""
