// SPDX-License-Identifier: GPL-2.0
#include "help.h"

#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "option_specs.h"

/* Where an option's help begins, counted from its long form on. */
#define LONG_WIDTH 19

static void print_commands(void)
{
	puts("\nCommands, with the options that they take:");
	for (const struct command *command = commands; command->name; command++)
		printf("  %-7s  -%-8.*s %s\n", command->name,
		       (int)strcspn(command->options, "+"), command->options,
		       command->help);
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
	     "Shows the processes and threads that the taskmods kernel modules list.");
	print_commands();
	for (const struct option_spec *spec = option_specs; spec->help; spec++) {
		if (spec->name)
			print_option(spec);
		else
			printf("\n%s\n", spec->help);
	}
	puts("\nExit status: 0; 1 nothing matched; 2 wrong command line; 3 something failed;\n"
	     "10 to 24 the number of doctor's first finding. More: man taskmods.");
}
