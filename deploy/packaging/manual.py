"""Manual pages and completions of the command line, written by the built command itself.

Called by deploy/package:  manual.py ROUTEGRID FOLDER
"""

import json
import pathlib
import re
import subprocess
import sys

program, folder = sys.argv[1], pathlib.Path(sys.argv[2])


def output(*words):
    return subprocess.run([program, *words], check=True, capture_output=True, text=True).stdout


def escaped(text):
    """Text for roff: nothing in it is a request or an escape."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"^([.'])", r"\\&\1", text, flags=re.MULTILINE)


def quoted(text):
    return '"' + escaped(text).replace('"', '\\(dq') + '"'


def option(argument):
    """The heading of an option or argument."""
    value = argument.get("valueName", "value")
    if argument["kind"] == "positional":
        return f"\\fI{escaped(value)}\\fR"
    names = [("-" if name["kind"] == "short" else "--") + name["name"] for name in argument.get("names", [])]
    text = ", ".join(f"\\fB{escaped(name)}\\fR" for name in names)
    return text if argument["kind"] == "flag" else f"{text} \\fI{escaped(value)}\\fR"


def paragraphs(text):
    """Lines that begin with a space are examples or tables and stay as they are; others are filled."""
    lines = []
    for line in text.split("\n"):
        if not line.strip():
            lines.append(".PP")
        elif line.startswith(" "):
            lines += [".nf", escaped(line), ".fi"]
        else:
            lines.append(escaped(line))
    return lines


def page(command, path, shown):
    """The page of one command; `path` is how it is called."""
    name = "-".join(path)
    abstract = command.get("abstract", "").rstrip(".")
    lines = [f".TH {quoted(name.upper())} 1 {quoted('')} {quoted('RouteGrid ' + version)} {quoted('RouteGrid')}"]
    lines += [".SH NAME", f"{escaped(name)} \\- {escaped(abstract)}"]
    lines += [".SH SYNOPSIS", ".nf", *(escaped(line) for line in usage(path)), ".fi"]
    if command.get("discussion"):
        lines += [".SH DESCRIPTION", *paragraphs(command["discussion"])]
    arguments = [item for item in command.get("arguments", []) if item.get("shouldDisplay", True)]
    if arguments:
        lines.append(".SH OPTIONS")
        for argument in arguments:
            lines += [".TP", option(argument), escaped(argument.get("abstract", ""))]
            if argument.get("defaultValue"):
                lines.append(escaped(f"(default: {argument['defaultValue']})"))
    if shown:
        lines.append(".SH COMMANDS")
        for child in shown:
            lines += [".TP", f"\\fB{escaped('-'.join([*path, child['commandName']]))}\\fR(1)", escaped(child["abstract"])]
    if len(path) > 1:
        lines += [".SH SEE ALSO", f"\\fB{escaped('-'.join(path[:-1]))}\\fR(1)"]
    return "\n".join(lines) + "\n"


def usage(path):
    """The lines of the help's usage."""
    found, lines = False, []
    for line in output(*path[1:], "--help").splitlines():
        if line.startswith("USAGE: "):
            found, line = True, line.removeprefix("USAGE: ")
        if found and not line.strip():
            break
        if found:
            lines.append(line.strip())
    return lines


def write(command, path):
    shown = [
        child
        for child in command.get("subcommands", [])
        if child.get("shouldDisplay", True) and child["commandName"] != "help"
    ]
    target = folder / "man/man1" / ("-".join(path) + ".1")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(page(command, path, shown), encoding="utf-8")
    for child in shown:
        write(child, [*path, child["commandName"]])


version = output("--version").strip()
write(json.loads(output("--experimental-dump-help"))["command"], ["routegrid"])
for shell, place in [
    ("bash", "bash-completion/completions/routegrid"),
    ("zsh", "zsh/site-functions/_routegrid"),
    ("fish", "fish/vendor_completions.d/routegrid.fish"),
]:
    (folder / place).parent.mkdir(parents=True, exist_ok=True)
    (folder / place).write_text(output("--generate-completion-script", shell), encoding="utf-8")
