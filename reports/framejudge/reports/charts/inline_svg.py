"""Matplotlib's SVG made fit to stand inside an HTML page.

What changes: metadata and prologue dropped; ids prefixed, since one page holds many charts; ``style``
attributes, which the page's Content-Security-Policy forbids, turned into presentation attributes; the
palette's colours turned into CSS variables, so that the chart follows the page into dark mode; coordinates
rounded to a hundredth of a point.
"""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import matplotlib as mpl

from framejudge.reports.charts.palette import ROLES

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"

LIVE = "live-"
"""An element whose id starts so keeps it, as a class: the page's script moves it."""

_VARIABLES = {colour.light: f"var(--{role})" for role, colour in ROLES.items()}
_NUMBER = re.compile(r"-?\d+\.\d{3,}")
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_NO_ROTATION = re.compile(r"rotate\(-?0 [^)]*\)$")
_INHERITED_FROM_PAGE = {"font", "font-family", "font-style", "font-variant", "font-weight", "font-stretch"}


def to_svg(figure: Figure) -> str:
    """Return a figure as a standalone SVG document with real text, reproducible byte by byte."""
    buffer = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "framejudge"}):
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return buffer.getvalue()


def for_page(svg: str, *, prefix: str, label: str, data: dict[str, str] | None = None) -> str:
    """Return a standalone SVG document as markup for the page.

    Parameters
    ----------
    svg
        What `to_svg` returned.
    prefix
        Goes before every id; unique on the page.
    label
        What a screen reader says in place of the picture.
    data
        ``data-*`` attributes of the root, names without ``data-``.
    """
    root = ET.fromstring(svg)
    _drop(root, {f"{{{SVG}}}metadata", f"{{{SVG}}}style"})
    referenced = _referenced_ids(root)
    for element in root.iter():
        _rewrite(element, prefix, referenced)
    attributes = {"viewBox": root.attrib["viewBox"], "class": "chart", "role": "img", "aria-label": label}
    attributes |= {f"data-{name}": value for name, value in (data or {}).items()}
    root.attrib.clear()
    root.attrib.update(attributes)
    ET.register_namespace("", SVG)
    markup = ET.tostring(root, encoding="unicode")
    return markup.replace(f' xmlns="{SVG}"', "", 1)


def _drop(parent: ET.Element, tags: set[str]) -> None:
    for child in list(parent):
        if child.tag in tags:
            parent.remove(child)
        else:
            _drop(child, tags)
            if child.tag == f"{{{SVG}}}defs" and not len(child):
                parent.remove(child)


def _referenced_ids(root: ET.Element) -> set[str]:
    """Return the ids that something points to; the others are only weight."""
    found: set[str] = set()
    for element in root.iter():
        for name, value in element.attrib.items():
            if name == f"{{{XLINK}}}href":
                found.add(value[1:])
            found.update(_REFERENCE.findall(value))
    return found


def _rewrite(element: ET.Element, prefix: str, referenced: set[str]) -> None:
    attributes: dict[str, str] = {}
    for name, value in element.attrib.items():
        if name == "style":
            attributes |= _presentation(value, prefix)
        elif name == "id":
            if value in referenced:
                attributes["id"] = prefix + value
            elif value.startswith(LIVE):
                attributes["class"] = value
        elif name == f"{{{XLINK}}}href":
            attributes["href"] = f"#{prefix}{value[1:]}"
        elif name == "clip-path":
            attributes[name] = _REFERENCE.sub(rf"url(#{prefix}\1)", value)
        elif not (name == "transform" and _NO_ROTATION.match(value)):
            attributes[name] = _rounded(value) if name in {"d", "x", "y", "transform"} else value
    element.attrib.clear()
    element.attrib.update(attributes)
    element.text = _without_indentation(element.text)
    element.tail = _without_indentation(element.tail)


def _presentation(style: str, prefix: str) -> dict[str, str]:
    """Return the declarations of a style attribute as attributes of their own."""
    attributes: dict[str, str] = {}
    for declaration in style.split(";"):
        name, _, value = declaration.partition(":")
        name, value = name.strip(), value.strip()
        if name == "font":
            size = re.match(r"[^'\"]*?([\d.]+)px", value)
            attributes["font-size"] = size[1] if size else "10"
            if "bold" in value or re.match(r"[67]00 ", value):
                attributes["font-weight"] = "600"
        elif name and name not in _INHERITED_FROM_PAGE:
            attributes[name] = _VARIABLES.get(value, _REFERENCE.sub(rf"url(#{prefix}\1)", value))
    return attributes


def _rounded(value: str) -> str:
    return " ".join(_NUMBER.sub(lambda match: f"{float(match[0]):.2f}", value).split())


def _without_indentation(text: str | None) -> str | None:
    return text if text and text.strip() else None
