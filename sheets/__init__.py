"""Cells, files and the durable journal. Knows nothing of registers, rules or pages."""
