/* SPDX-License-Identifier: GPL-2.0 */
/* What each process is, from /proc/PID/stat: the way without any module of ours. */
#ifndef SCAN_H
#define SCAN_H

/* Both write what they found to @out, unless that is negative. They return 0, or -1 with errno. */
int scan_processes(int out);
int scan_threads(int out);

#endif
