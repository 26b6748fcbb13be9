/* SPDX-License-Identifier: GPL-2.0 */
/* A file for node_exporter's textfile collector, replaced as a whole or not at all. */
#ifndef TEXTFILE_H
#define TEXTFILE_H

/*
 * Write @text beside @path and rename that to it once it is on the disk. Where that fails, or the
 * process is killed, the old file is as it was. A file that one killed has left beside it goes
 * with the next writing.
 */
void textfile_write(const char *path, const char *text);

#endif
