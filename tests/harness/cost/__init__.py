# SPDX-License-Identifier: GPL-2.0
"""What reading all tasks costs, by our files and by their peers.

`readers` and `scrapes` are what is compared, `meter` measures one in a guest, `benchguest` is that
guest. `results` are what came out, and among how many tasks; `targets` is what that must be,
`figures` what the tree keeps of it. `tables` and `publish` show all of it to people.
`lateness` is what readers cost others: how long they may be kept waiting.
"""
