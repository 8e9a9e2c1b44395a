"""The frame of the pages that marking makes: plain HTML, no script, nothing from another host."""

import re
from html import escape

STYLE = """\
:root { color-scheme: light dark; --ink: #1a1a1a; --soft: #555; --paper: #fff; --card: #f5f6f8;
  --line: #c9ccd1; --right: #1f5fa8; --wrong: #a33c00; --blank: #5c5f66; }
@media (prefers-color-scheme: dark) { :root { --ink: #ececec; --soft: #b4b7bd; --paper: #16181c;
  --card: #22252b; --line: #4a4e57; --right: #8fc1ff; --wrong: #ffab73; --blank: #b9bcc4; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 56rem; color: var(--ink); background: var(--paper);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: .5rem 0; }
h2 { font-size: 1.15rem; line-height: 1.3; margin: 1.75rem 0 .5rem; }
h3 { font-size: 1rem; margin: 0; }
p { margin: .4rem 0; }
code { font: .95em/1.4 ui-monospace, monospace; background: var(--card); padding: 0 .2em; }
a { color: inherit; }
.soft { color: var(--soft); }
.task { background: var(--card); border: 1px solid var(--line); border-left: .4rem solid;
  border-radius: .3rem; padding: .6rem .9rem; margin: .7rem 0; }
.task code { background: var(--paper); }
.right { border-left-color: var(--right); } .right .verdict { color: var(--right); }
.wrong { border-left-color: var(--wrong); } .wrong .verdict { color: var(--wrong); }
.blank { border-left-color: var(--blank); } .blank .verdict { color: var(--blank); }
.verdict { font-weight: 700; }
table { border-collapse: collapse; width: 100%; font-size: .95rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .5rem;
  border-top: 1px solid var(--line); }
th, td.number { overflow-wrap: normal; }
td.number, th.number { text-align: right; white-space: nowrap; }
.wide { overflow-x: auto; }
svg { display: block; width: 100%; height: 1.3rem; }
@media (max-width: 34rem) { body { padding: .7rem; } .picture { display: none; } }
@media print { body { max-width: none; } .task { break-inside: avoid; } }
"""


def page(title: str, body: str) -> str:
    """A whole page; ``body`` is HTML."""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        # Whatever a student wrote is text here; this is a second wall.
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'\">\n"
        f"<title>{escape(title)}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n"
        f"{body}</main>\n</body>\n</html>\n"
    )


def prose(text: str) -> str:
    """A check's text as HTML: code stands between backticks, and emphasis between stars.

    >>> prose("Use `a < b`, *not* `a * b`.")
    'Use <code>a &lt; b</code>, <em>not</em> <code>a * b</code>.'
    """
    parts = re.split(r"`([^`]+)`", escape(text, quote=False))
    for place, part in enumerate(parts):
        if place % 2:
            parts[place] = f"<code>{part}</code>"
        else:
            parts[place] = re.sub(r"\*(\w[^*]*?)\*", r"<em>\1</em>", part)
    return "".join(parts)
