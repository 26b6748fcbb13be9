# SPDX-License-Identifier: GPL-2.0
"""Behaviours: a row is data, made of steps, and says what is typed and what must come of it.

`row` and `steps` are what ../behaviours/ is written in, and import nothing that boots. `play` takes
steps in a `trial`, which has a directory on the host and a `visit` to a guest; `events` judges what
the kernel told meanwhile, and `run` tries a whole row. `record` keeps what it showed, and `page`,
`matrixpage` and `table` show that to people; `messages` finds whose words a line has.
`knownfaults` tells which faults of kmod a guest's has.
"""
