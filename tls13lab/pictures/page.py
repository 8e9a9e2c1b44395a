"""A web page in one file: the style that all pages from the command line share.

It loads nothing from elsewhere, follows the reader's light or dark theme, and can be printed.
"""

from html import escape

from tls13lab.pictures import ink

_PAGE = """\
<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
:root {{ color-scheme: light dark; --rule: {rule}; --quiet: light-dark({quiet}, #b8c2cc);
  --stripe: light-dark(#f3f5f7, #23282d) }}
body {{ font: {body}px/1.45 {font}; margin: 0 auto; padding: 1.5em; max-width: 75em }}
h1 {{ font-size: 1.6em }}
h2 {{ font-size: 1.25em; margin: 2em 0 .5em; border-top: 2px solid var(--rule); padding-top: .5em }}
h3 {{ font-size: 1em; margin: 1.5em 0 .3em }}
h4 {{ font-size: 1em; margin: 1em 0 .2em }}
.scrolled {{ overflow-x: auto }}
.bytes, .lines {{ border-collapse: collapse; margin: .3em 0 1em; font-size: {small}px;
  width: 100% }}
.bytes th, .bytes td, .lines th, .lines td {{ border-bottom: 1px solid var(--rule);
  padding: .25em .6em; text-align: left; vertical-align: top }}
.bytes th, .lines th {{ color: var(--quiet); font-weight: bold; white-space: nowrap }}
.bytes tbody tr:nth-child(even) {{ background: var(--stripe) }}
.bytes td:nth-child(1), .bytes td:nth-child(5) {{ white-space: nowrap }}
.bytes td:nth-child(2) {{ font-family: {mono}; min-width: 9em; overflow-wrap: anywhere }}
.bytes td:nth-child(3), .bytes td:nth-child(4) {{ min-width: 8em; overflow-wrap: break-word }}
.wrong {{ border-left: 4px solid {stolen}; padding-left: .6em }}
summary {{ cursor: pointer; padding: .2em 0 }}
@media print {{ div {{ max-height: none !important; overflow: visible !important }} }}
</style></head><body>
<h1>{heading}</h1>
{content}
</body></html>
"""


def page(title: str, heading: str, content: str) -> str:
    """The page; ``content`` is HTML, the others are plain text.

    >>> "<h1>a &amp; b</h1>" in page("t", "a & b", "<p>c</p>")
    True
    """
    return _PAGE.format(
        title=escape(title),
        heading=escape(heading),
        content=content,
        font=ink.FONT,
        mono=ink.MONO,
        body=ink.BODY,
        small=ink.SMALL,
        rule=ink.RULE,
        quiet=ink.QUIET,
        stolen=ink.STOLEN.stroke,
    )
