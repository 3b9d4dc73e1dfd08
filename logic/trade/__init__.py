"""The department's own arithmetic: its settings, and later deadlines, scoring, pay and rosters."""
