"""unit: one module at a time; contract: one suite for all workbooks; e2e: a real browser; bench: figures."""
