"""The lessons as a web site without a server: JupyterLite with Python compiled for the browser."""
