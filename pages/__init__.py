"""What people see: thin scripts that read, draw, submit and show. Streamlit runs main.py; the rest is imported."""
