// Compiles what the lessons import with the browser's own Python, which runs in Node, too.
// usage: node bytecode.mjs FOLDER WHEEL     FOLDER has Pyodide, its list of packages, and all wheels
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [folder, wheel] = process.argv.slice(2).map((one) => path.resolve(one));
const { loadPyodide } = await import(pathToFileURL(path.join(folder, "pyodide.mjs")));
const python = await loadPyodide({ indexURL: folder + path.sep });
const lock = JSON.parse(fs.readFileSync(path.join(folder, "pyodide-lock.json"), "utf-8"));
const here = Object.values(lock.packages).filter((one) => !one.file_name.includes("://"));
await python.loadPackage(here.map((one) => one.name), { messageCallback() {} });
python.FS.writeFile("/tmp/in_pyodide.py", fs.readFileSync(new URL("in_pyodide.py", import.meta.url)));
python.globals.set("name", path.basename(wheel));
python.runPython(`
import sys, warnings
warnings.simplefilter("ignore")
sys.path.insert(0, "/tmp")
import in_pyodide
from pathlib import Path
in_pyodide.compiled(name, Path("/tmp/wheel"))
`);
fs.writeFileSync(wheel, python.FS.readFile("/tmp/wheel"));
