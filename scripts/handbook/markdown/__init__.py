"""Python-Markdown extensions: what a page needs beyond plain Markdown."""
