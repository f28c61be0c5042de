"""Pages for people: server-rendered, with small modules of plain JavaScript, and whole without them."""
