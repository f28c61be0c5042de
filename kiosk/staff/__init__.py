"""Who works at the kiosk: personal PINs, kept as argon2id hashes."""
