"""What pages are drawn from. Always import as `from pages.parts import …`, never `import parts`."""
