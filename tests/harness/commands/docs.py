# SPDX-License-Identifier: GPL-2.0
"""make docs: the pages of behaviours and of messages, from the last green run of each row.

It puts docs/address into the documents that name it, too.
"""

from behaviours import SECTIONS

from ..host.paths import TOP
from ..rows import messages, page
from . import address


def main() -> int:
    """Write the pages; return 0.

    Raises HarnessError where a row has no green run since it was last changed.
    """
    address.write()
    pages = page.behaviours_pages(SECTIONS, page.behaviours())
    page.SECTIONS.mkdir(exist_ok=True)
    for stale in set(page.SECTIONS.glob("*.md")) - set(pages):
        stale.unlink()
    for place, text in pages.items():
        place.write_text(text, encoding="utf-8")
    page.MESSAGES.write_text(page.messages_page(messages.table()), encoding="utf-8")
    print(f"Written: {page.BEHAVIOURS.relative_to(TOP)}, {page.SECTIONS.relative_to(TOP)}/, "
          f"{page.MESSAGES.relative_to(TOP)}")
    return 0
