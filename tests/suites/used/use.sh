#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
: < /dev/used && echo "opened /dev/used"
