# SPDX-License-Identifier: GPL-2.0
"""Behaviours as data, tried, recorded, and written for people."""
