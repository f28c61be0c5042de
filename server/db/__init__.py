"""The server's database: tables, migrations, transactions. SQLite, or PostgreSQL where it grows."""
