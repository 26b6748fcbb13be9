# SPDX-License-Identifier: GPL-2.0
"""Minutes of loading, reading and unloading while tasks come and go."""
