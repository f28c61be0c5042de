"""The central server: it allots numbers, keeps every ticket and event, and tells who is next."""
