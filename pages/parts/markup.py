"""HTML made by us, with everything people typed escaped: st.write and its kin would read it as Markdown.

Streamlit turns `--`, `:smile:` and `$` into something else even where they are escaped, so texts from sheets and forms
are never given to a Markdown element.
"""

from __future__ import annotations

import html
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import streamlit as st

Tone = Literal["good", "wait", "warn", "bad", "plain"]

STYLE = f"<style>{Path(__file__).with_name('console.css').read_text(encoding='utf-8')}</style>"


def escaped(text: str) -> str:
    """A text as it is, inside HTML."""
    return html.escape(text, quote=True)


def cell(text: str) -> str:
    """The content of a cell inside HTML; empty ones say so."""
    return escaped(text) if text else '<span class="console-empty">(空)</span>'


def chip(text: str, tone: Tone = "plain") -> str:
    return f'<span class="console-chip console-{tone}">{escaped(text)}</span>'


def box(tone: Tone, head: str, lines: Iterable[str] = (), *, quiet: Iterable[str] = (), under: bool = False) -> str:
    """A coloured box: a heading, sentences, and smaller ones. All are texts. `under`: close below a field."""
    parts = [f'<p class="head">{escaped(head)}</p>'] if head else []
    parts += [f"<p>{escaped(line)}</p>" for line in lines if line]
    parts += [f'<p class="quiet">{escaped(line)}</p>' for line in quiet if line]
    role = "alert" if tone == "bad" else "status"
    place = " console-under" if under else ""
    return f'<div class="console-box console-{tone}{place}" role="{role}">{"".join(parts)}</div>'


def table(headers: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A small table of texts."""
    return table_of(headers, (map(cell, row) for row in rows))


def table_of(headers: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A small table of cells that are HTML already."""
    top = "".join(f"<th>{escaped(header)}</th>" for header in headers)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f'<table class="console-table"><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>'


def quiet(text: str) -> str:
    return f'<div class="console-quiet">{escaped(text)}</div>'


def link(url: str, text: str) -> str:
    """A way out to another site, opened in a tab of its own by whoever clicks it; the site is not told where from."""
    return f'<a href="{escaped(url)}" target="_blank" rel="noopener noreferrer">{escaped(text)}</a>'


def put(*pieces: str) -> None:
    """Draw HTML made by the functions above."""
    st.html("".join(pieces))


def plain_label(text: str) -> str:
    """A text of our declarations for a place that reads Markdown (labels, tooltips), taken literally."""
    return "".join(f"\\{one}" if one in r"\`*_{}[]<>#|$~:" else one for one in text)
