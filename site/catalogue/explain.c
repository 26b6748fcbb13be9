// SPDX-License-Identifier: GPL-2.0
/* taskmods explain --json for a page: what is pasted comes in its memory, answers on its output. */
#include <stdlib.h>

#include "answers.h"
#include "error.h"

#define EXPORT(name) __attribute__((export_name(name)))

char *explain_room(size_t size) EXPORT("room");
void explain_text(char *text, size_t len) EXPORT("explain");

/* Memory for what is pasted; NULL where there is not so much. */
char *explain_room(size_t size)
{
	return malloc(size);
}

/* Print what is known of the @len bytes of @text, which explain_room() gave and this frees. */
void explain_text(char *text, size_t len)
{
	struct answers answers = { 0 };

	answers_add(&answers, text, len);
	answers_end(&answers);
	if (!answers.n && answers.lines == 1)
		answers_add_holding(&answers);
	answers_print_json(&answers);
	finish_output();
	answers_free(&answers);
	free(text);
}
