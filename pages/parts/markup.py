"""HTML made by us, with everything people typed escaped: st.write and its kin would read it as Markdown.

Streamlit turns `--`, `:smile:` and `$` into something else even where they are escaped, so texts from sheets and forms
are never given to a Markdown element.
"""

from __future__ import annotations

import html
from collections.abc import Iterable
from typing import Literal

import streamlit as st

Tone = Literal["good", "wait", "warn", "bad", "plain"]

STYLE = """
<style>
.console-box{border:1px solid #ccd5dc;border-left-width:4px;border-radius:6px;padding:.55rem .8rem;font-size:.9rem;
 line-height:1.55;overflow-wrap:anywhere;background:#fff;color:#1f2a33}
.console-box p{margin:0 0 .15rem;font-size:.9rem}
.console-box .head{font-weight:600}
.console-box p.quiet,.console-quiet{color:#5b6b78;font-size:.82rem}
.console-box pre,.console-text{white-space:pre-wrap;overflow-wrap:anywhere;margin:0;font:inherit}
.console-good{border-color:#2f855a;background:#f3faf6}
.console-wait{border-color:#2b6cb0;background:#f3f8fd}
.console-warn{border-color:#c27803;background:#fff9ec}
.console-bad{border-color:#c53030;background:#fff5f5}
.console-under{margin-top:-.55rem}
.console-chip{display:inline-block;border-radius:999px;padding:0 .6em;font-size:.8rem;line-height:1.6;
 border:1px solid #ccd5dc;background:#f2f5f7;color:#1f2a33;margin-right:.35em;white-space:nowrap}
.console-chip.console-bad{border-color:#e5a3a3;color:#9b1c1c}
.console-chip.console-warn{border-color:#e8c47a;color:#8a5200}
.console-chip.console-wait{border-color:#a8c8ea;color:#1d4f8a}
.console-chip.console-good{border-color:#a5d6bb;color:#22653f}
.console-name{font-size:1.1rem;font-weight:600;overflow-wrap:anywhere;margin-bottom:.15rem}
.console-whole{display:inline-block}
.console-table{border-collapse:collapse;width:100%;font-size:.86rem}
b+.console-table,.console-quiet+.console-table,span+.console-table{margin-top:.4rem}
.console-table td:first-child:nth-last-child(2){width:32%}
.console-table th,.console-table td{border:1px solid #dfe6eb;padding:.3rem .5rem;text-align:left;vertical-align:top;
 white-space:pre-wrap;overflow-wrap:anywhere}
.console-table th{background:#f2f5f7;font-weight:600;white-space:nowrap}
.console-table td{min-width:3em}
.console-empty{color:#8896a1}
.console-who{display:flex;gap:.8rem;align-items:baseline;flex-wrap:wrap}
.console-who a{color:#1d5c83}
.console-step{border-left:3px solid #ccd5dc;padding-left:.7rem}
[data-testid="stMainBlockContainer"]{padding:3.6rem 2rem 2rem}
[data-testid="stHeading"] [data-testid="stMarkdownContainer"]{margin-bottom:0}
:is([data-testid="stMain"],[data-testid="stDialog"]) [data-testid="stPageLink"] a{padding-left:0;padding-right:0;
 background:none}
:is([data-testid="stMain"],[data-testid="stDialog"]) [data-testid="stPageLink"] p{color:#1d5c83}
:is([data-testid="stMain"],[data-testid="stDialog"]) [data-testid="stPageLink"] a:hover p{text-decoration:underline}
.st-key-drawer-head{flex-wrap:nowrap !important}
[data-testid="stMain"] :is(input,textarea):disabled,[data-testid="stDialog"] :is(input,textarea):disabled{
 color:#46535e !important;-webkit-text-fill-color:#46535e}
[data-testid="stWidgetLabel"][disabled]{color:#46535e}
[data-testid="stWidgetLabel"][disabled] p{color:inherit}
:is(input,textarea):disabled::placeholder{-webkit-text-fill-color:#8896a1}
[data-testid="stDialog"] h2{font-size:1.15rem !important}
[data-testid="stLayoutWrapper"]:has(> .st-key-drawer-said){position:sticky;top:0;z-index:20;background:#fff;
 max-height:50vh;overflow-y:auto;box-shadow:0 -1rem 0 #fff,0 .4rem .4rem -.4rem #ccd5dc}
[data-testid="stLayoutWrapper"]:has(> .st-key-drawer-said):not(:has(.console-box,button)){margin-top:-1rem;box-shadow:none}
[data-testid="stLayoutWrapper"]:has(> .st-key-drawer-foot){position:sticky;bottom:0;z-index:20;background:#fff;
 padding:.5rem 0;border-top:1px solid #e6ecf0;box-shadow:0 1.5rem 0 #fff}
.st-key-problem-counts{gap:.5rem !important}
.st-key-problem-counts [data-testid="stVerticalBlock"]{padding:.2rem .6rem !important;min-height:0 !important}
.st-key-problem-counts button{min-height:1.75rem;padding:0 .55rem}
.st-key-problem-counts button p{font-size:.8rem}
.st-key-problem-counts [class*="-BLOCK"] button{color:#9b1c1c;border-color:#e5a3a3}
.st-key-problem-counts [class*="-WARN"] button{color:#8a5200;border-color:#e8c47a}
.st-key-problem-counts b{font-size:.85rem}
h3{font-size:1.15rem !important;padding:.3rem 0 .6rem !important}
h1{font-size:1.7rem !important;padding:0 !important}
@media (max-width:640px){[data-testid="stMainBlockContainer"]{padding-left:.8rem;padding-right:.8rem}
 .st-key-filters>div{flex:1 1 32% !important;width:auto !important;min-width:0 !important;order:2}
 .st-key-filters>div:first-child,.st-key-filters>div:nth-child(2){flex-basis:56% !important}
 .st-key-filters>div:first-child,.st-key-filters>div:last-child{order:1}
 .st-key-handbook-filters>div{flex:1 1 100% !important}
 :is(.st-key-problem-filters,.st-key-change-filters)>div{flex:1 1 40% !important;width:auto !important;min-width:0 !important}
 :is(.st-key-filters,.st-key-handbook-filters,.st-key-problem-filters,.st-key-change-filters)>div>div{
  width:100% !important}}
</style>
"""


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
    top = "".join(f"<th>{escaped(header)}</th>" for header in headers)
    body = "".join(f"<tr>{''.join(f'<td>{cell(text)}</td>' for text in row)}</tr>" for row in rows)
    return f'<table class="console-table"><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>'


def quiet(text: str) -> str:
    return f'<div class="console-quiet">{escaped(text)}</div>'


def put(*pieces: str) -> None:
    """Draw HTML made by the functions above."""
    st.html("".join(pieces))


def plain_label(text: str) -> str:
    """A text of our declarations for a place that reads Markdown (labels, tooltips), taken literally."""
    return "".join(f"\\{one}" if one in r"\`*_{}[]<>#|$~:" else one for one in text)
