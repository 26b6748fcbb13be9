# SPDX-License-Identifier: GPL-2.0
"""What reading all tasks costs: readers, the guest to measure in, figures, and their pages."""
