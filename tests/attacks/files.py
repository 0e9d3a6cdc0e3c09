"""Files that are damaged, disguised, or not what they say."""

from __future__ import annotations

import json

from attacks.course import CHECKS, RIGHT, STUBS, Damaged, own_cell

ALL = tuple(RIGHT)


def file(name: str, edit: object, right: tuple[str, ...] = ALL) -> Damaged:
    """An honest notebook that has been through something."""
    return Damaged("files", name, right=right, edit=edit)


def nothing(name: str, content: bytes) -> Damaged:
    """A file of which nothing can be read: 0 with a reason."""
    return file(name, lambda notebook: content, ())


def _each(change):
    def edit(notebook):
        for cell in notebook["cells"]:
            change(cell)
        return notebook

    return edit


def _cells(change):
    return lambda notebook: {**notebook, "cells": change(notebook["cells"])}


def _version_3(notebook):
    cells = [
        {
            "cell_type": "code",
            "input": c["source"],
            "language": "python",
            "metadata": c["metadata"],
            "outputs": [],
        }
        if c["cell_type"] == "code"
        else {"cell_type": "markdown", "source": c["source"], "metadata": c["metadata"]}
        for c in notebook["cells"]
    ]
    return {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": cells}]}


def _stripped(cell):
    cell["metadata"] = {}
    cell.pop("id")


def _renamed(cell):
    cell["metadata"]["nbgrader"] = {
        "grade_id": f"cell-{abs(hash(cell['source']))}",
        "solution": True,
    }
    cell["id"] = f"x{abs(hash(cell['source']))}"


def _below(cells):
    """The stub stands; the answer is a cell at the end."""
    kept = [
        {**cell, "source": STUBS[cell["id"]]} if cell["id"] in RIGHT else cell for cell in cells
    ]
    return kept + [own_cell(text) for text in RIGHT.values()]


def _between(cells):
    """The stub stands; the answer follows in a cell of its own."""
    kept = []
    for cell in cells:
        stub = {**cell, "source": STUBS[cell["id"]]} if cell["id"] in RIGHT else cell
        kept += [stub, own_cell(RIGHT[cell["id"]])] if cell["id"] in RIGHT else [stub]
    return kept


def _in_the_check(cell):
    if cell["id"] in RIGHT:
        cell["source"] = STUBS[cell["id"]]
    if cell["id"].removeprefix("check_") in RIGHT:
        name = cell["id"].removeprefix("check_")
        cell["source"] = RIGHT[name] + "\n" + CHECKS[name]


def _twice_with_stub(cells):
    return [
        c
        for cell in cells
        for c in (cell, *([{**cell, "source": STUBS[cell["id"]]}] if cell["id"] in RIGHT else []))
    ]


def _odd_sources(cell):
    cell["source"] = [line + "\n" for line in cell["source"].split("\n")]
    cell["outputs"], cell["metadata"]["tags"] = "none", [[[]]]


ATTACKS = [
    nothing("empty", b""),
    nothing("only NUL", bytes(1000)),
    nothing("not JSON", b"%PDF-1.4 this is not a notebook"),
    nothing("a number", b"42"),
    nothing("deep", b"[" * 200_000),
    nothing("deep objects", b'{"cells":' * 50_000),
    nothing("cells are not a list", b'{"nbformat": 4, "cells": {"0": {}}}'),
    nothing("a number too long to read", b'{"cells": [' + b"9" * 100_000 + b"]}"),
    file("cut", lambda notebook: json.dumps(notebook).encode()[:-40], ()),
    file(
        "another week's",
        lambda notebook: {
            "cells": [{**own_cell("x"), "metadata": {"nbgrader": {"grade_id": "forward"}}}]
        },
        (),
    ),
    file("huge", lambda notebook: json.dumps(notebook).encode() + b" " * 2**25, ()),
    file("a BOM", lambda notebook: b"\xef\xbb\xbf" + json.dumps(notebook).encode()),
    file("utf-16", lambda notebook: json.dumps(notebook, ensure_ascii=False).encode("utf-16")),
    file("utf-16 without a BOM", lambda notebook: json.dumps(notebook).encode("utf-16-le")),
    file(
        "stray bytes",
        lambda notebook: json.dumps(notebook).encode().replace(b"# Week 1", b"# W\xff\xfe\xe9k"),
    ),
    file(
        "NUL in it", lambda notebook: json.dumps(notebook).encode().replace(b"# Week", b"# W\0ek")
    ),
    file(
        "NUL in an answer",
        _each(lambda cell: cell.update(source=cell["source"].replace("np.", "np\0."))),
    ),
    file(
        "words after the end", lambda notebook: json.dumps(notebook).encode() + b"\n>>>>>>> main\n"
    ),
    file("version 3", _version_3),
    file(
        "version 99",
        lambda notebook: {
            **notebook,
            "nbformat": 99,
            "nbformat_minor": "x",
            "cells": notebook["cells"],
        },
    ),
    file("no metadata and no ids", _each(_stripped)),
    file("other names and ids", _each(_renamed)),
    file(
        "no checks",
        _cells(lambda cells: [cell for cell in cells if not cell["id"].startswith("check_")]),
    ),
    file("nothing but answers", _cells(lambda cells: [own_cell(text) for text in RIGHT.values()])),
    file("in another order", _cells(lambda cells: cells[::-1])),
    file("every cell twice", _cells(lambda cells: [cell for one in cells for cell in (one, one)])),
    file("every stub once more", _cells(_twice_with_stub)),
    file("answers at the end", _cells(_below)),
    file("answers below the stubs", _cells(_between)),
    file("answers in the checks", _each(_in_the_check)),
    file("sources as lists, outputs as text", _each(_odd_sources)),
    file(
        "cells that are none",
        _cells(
            lambda cells: [None, 1, "x", [], {}, {"cell_type": []}, {"source": {"a": 1}}, *cells]
        ),
    ),
    file("two thousand more cells", _cells(lambda cells: cells + [own_cell("")] * 3000)),
    file(
        "sources missing or numbers",
        _cells(lambda cells: [{"cell_type": "code"}, {"cell_type": "code", "source": 5}, *cells]),
    ),
    file(
        "half a character",
        _cells(lambda cells: [own_cell("# \ud800"), own_cell("x = '\udfff'"), *cells]),
    ),
]
