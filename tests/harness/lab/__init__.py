# SPDX-License-Identifier: GPL-2.0
"""The lab in a page, ../../../site: what is made for it, and its files for any web server.

`userland` are the programs around its kernel, `guest` these and what is ours, as v86 boots them;
`saved` is that guest after its boot, as the page goes on with it.
`vendor` gets what npm has, `rows` tells the page what to type, `sources` names the source of each
binary, `pages` puts all of it together, and `serve` is a server for this machine.
"""
