# SPDX-License-Identifier: GPL-2.0
"""The project's public address, docs/address, put into the paragraphs that name it.

That file is empty as long as the project has none; then they say what to do without. In a document
such a paragraph stands between <!-- address: NAME --> and <!-- end -->.
"""

import re

from ..host.errors import HarnessError
from ..host.paths import TOP

ADDRESS = TOP / "docs/address"
# By document and name: with an address, and without.
PARAGRAPHS = {
    ("README.md", "clone"): (
        "Get the source, then work in its directory:\n\n"
        "    git clone {address} taskmods\n    cd taskmods\n",
        "Get the source, then in its directory:"),
    ("CONTRIBUTING.md", "report"): (
        "Send reports and patches to {address}",
        "The project has no public address yet. Send reports and patches to the person you got "
        "it from."),
    ("SECURITY.md", "security"): (
        "Report a security problem to the maintainers that {address} names, and not in public.",
        "The project has no public address yet. Report a security problem to the person you got "
        "it from, and not in public."),
}


def written(document: str, name: str, text: str, address: str) -> str:
    """Return a document's text with its paragraph of that name as it is with this address.

    Raises HarnessError where the document has no place for it.
    """
    with_address, without = PARAGRAPHS[document, name]
    paragraph = with_address.format(address=address) if address else without
    mark = f"<!-- address: {name} -->\n"
    done, number = re.subn(f"(?s){re.escape(mark)}.*?\n<!-- end -->",
                           lambda _: f"{mark}{paragraph}\n<!-- end -->", text)
    if number != 1:
        raise HarnessError(f"{document} has not one {mark.strip()} and <!-- end -->: put them "
                           "where the address is to stand")
    return done


def write() -> None:
    """Put docs/address into all documents that name it.

    Raises HarnessError where one has no place for it.
    """
    address = ADDRESS.read_text(encoding="utf-8").strip()
    for document, name in PARAGRAPHS:
        place = TOP / document
        text = place.read_text(encoding="utf-8")
        place.write_text(written(document, name, text, address), encoding="utf-8")
