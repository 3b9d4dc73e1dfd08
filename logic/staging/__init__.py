"""The stage of an import: pasted or uploaded rows as texts, a verdict on each, and only good ones go in."""
