# SPDX-License-Identifier: GPL-2.0
"""Prometheus and its node_exporter, of Debian's packages, on the host.

`servers` runs them and asks them; `picture` draws docs/metrics.svg from what they scraped of a
guest in which tasks get stuck.
"""
