# SPDX-License-Identifier: GPL-2.0
"""The catalogue as pages, ../../../site/catalogue: what docs/ has, to search and to compare.

`transcripts` cuts what a page of docs/ shows of a row into commands and sets kernels side by side;
`behaviours`, `messages`, `matrix` and `cost` are what each page is told, `matcher` is what finds
messages in a page, and `pages` writes all of it into a site.
"""
