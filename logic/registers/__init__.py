"""One file per register, found by itself: see logic.register."""
