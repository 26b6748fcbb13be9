# SPDX-License-Identifier: GPL-2.0
"""What a guest shows, put so that a test can compare it.

Events, states of modules, files in /proc, what is left behind, lost memory, lines that ran.
"""
