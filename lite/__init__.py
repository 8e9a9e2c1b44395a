"""The lessons as a static web site: JupyterLite, with Python compiled for the browser."""
