"""The board on the lobby's wall: what it shows, the stream that keeps it current, and its voice."""
