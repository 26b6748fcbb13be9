# SPDX-License-Identifier: GPL-2.0
"""What make calls: a file a command, each with a function that returns its exit status.

They alone read the environment, and pass on what it says.
"""
