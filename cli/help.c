// SPDX-License-Identifier: GPL-2.0
#include "help.h"

#include <stdio.h>

#include "commands.h"
#include "option_specs.h"

/* Where an option's help begins, counted from its long form on. */
#define LONG_WIDTH 19

static void print_commands(void)
{
	puts("\nCommands:");
	for (const struct command *command = commands; command->name; command++)
		printf("  %-7s  %s\n", command->name, command->help);
}

static void print_option(const struct option_spec *spec)
{
	int len;

	if (spec->letter)
		printf("  -%c, ", spec->letter);
	else
		printf("      ");
	len = printf("--%s%s%s", spec->name, spec->argument ? "=" : "",
		     spec->argument ? spec->argument : "");
	printf("%*s%s\n", LONG_WIDTH - len, "", spec->help);
}

void help_print(void)
{
	puts("Usage: taskmods COMMAND [OPTION]...\n"
	     "Shows the tasks of this machine as the taskmods kernel modules tell them.");
	print_commands();
	for (const struct option_spec *spec = option_specs; spec->help; spec++) {
		if (spec->name)
			print_option(spec);
		else
			printf("\n%s\n", spec->help);
	}
	puts("\nExit status: 0; 1 nothing matched; 2 usage; 3 something failed; doctor has more: "
	     "see\ntaskmods(1).");
}
