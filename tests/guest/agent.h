/* SPDX-License-Identifier: GPL-2.0 */
#ifndef AGENT_H
#define AGENT_H

/*
 * The agent called with arguments does one thing and exits:
 *   agent finit_module PATH FLAGS PARAMS
 *   agent init_module PATH PARAMS
 *   agent delete_module NAME FLAGS
 *	make that one system call; print its errno, 0 for success, in decimal
 *   agent kmsg SEQ
 *	prints the kernel log from record number SEQ on, as /dev/kmsg gives it
 *   agent follow SEQ
 *	the same, and then each record as it comes
 *   agent number CALL
 *	prints the number of one of those system calls
 */
int modcall(int argc, char **argv);

#endif
