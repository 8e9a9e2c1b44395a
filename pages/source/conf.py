"""Sphinx's configuration. When Sphinx reads it, the site's sources are in the same folder."""

from pages.launch import Doors

doors = Doors.of()

project = "tls13lab"
author = "the tls13lab authors"
project_copyright = "the tls13lab authors; BSD 3-Clause"
html_title = "tls13lab"
language = "en"

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "pages.buttons",
    "pages.head",
    "pages.folds",
    "pages.links",
    "pages.run_here",
    "pages.signatures",
    "pages.tips",
]
exclude_patterns = [".doctrees", "**/.ipynb_checkpoints", "_templates"]
smartquotes = False  # quotations of the RFC, and options such as --psk, must not change
nitpicky = True
# Only names of this package become links, not those of the standard library or of dependencies.
nitpick_ignore_regex = [
    (r"py:.*", r"(?!tls13lab).*"),
    (r"py:class", r"tls13lab\..*\.[A-Z]_?"),  # type variables
]

# Stored outputs are shown and no notebook is run. Nothing is loaded from other hosts.
nb_execution_mode = "off"
nb_ipywidgets_js: dict[str, dict[str, str]] = {}
nb_merge_streams = True
nb_code_prompt_show = "Code"
nb_code_prompt_hide = "Code, shown"
myst_enable_extensions = ["attrs_block", "colon_fence"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
# A method without a docstring is not given that of a base class, which may not be ours.
autodoc_inherit_docstrings = False
autodoc_typehints = "signature"
autodoc_use_type_comments = False
autodoc_preserve_defaults = True
autodoc_typehints_format = "short"
python_maximum_signature_line_length = 88
add_module_names = False
toc_object_entries = False

html_theme = "sphinx_book_theme"
html_context = {"default_mode": "auto"}
templates_path = ["_templates"]
html_static_path = ["_static"]
html_favicon = "_static/favicon.svg"
html_css_files = ["site.css", "player.css"]
html_js_files = ["site.js", ("player.js", {"defer": "defer"})]
html_theme_options = {
    "repository_url": doors.home,
    "repository_branch": "HEAD",
    "use_repository_button": doors.is_placed,
    "use_download_button": True,
    "use_fullscreen_button": False,
    "launch_buttons": doors.theme_buttons(),
    "show_toc_level": 2,
    "max_navbar_depth": 2,
    "home_page_in_toc": True,
}
