# SPDX-License-Identifier: GPL-2.0
"""Prometheus and its node_exporter on the host, and the picture drawn from them."""
