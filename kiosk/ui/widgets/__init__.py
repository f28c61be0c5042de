"""The small design system: nine widgets that every screen is made of, and the boxes that lay them out."""
