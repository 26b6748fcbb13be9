// SPDX-License-Identifier: GPL-2.0
// A transcript: what one kernel showed, and beside it what another one did where that differs.
import { make } from "./dom.js";

const TYPED = /^([#$>]|call>) (.*)$/s;
const KINDS = [[/^kern  :(emerg|alert|crit|err|warn)/, "bad"], [/^kern  :/, "log"],
	       [/^\[exit status/, "status"], [/^\[.*\]$/, "bench"],
	       [/(?:ERROR|FATAL|error):|\*\*\* /, "bad"]];

function typed(line) {
	const [, prompt, command] = line.match(TYPED) ?? [null, "", line];
	return make("span", { class: "command" }, make("span", { class: "prompt" }, `${prompt} `),
		    command, "\n");
}

// The lines of a part; those that the part beside it lacks are marked.
function lines_of(part, beside) {
	const known = new Set(beside ? [...beside.lines ?? [], ...beside.typed ?? []] : []);
	const other = (line) => Boolean(beside) && !known.has(line);
	return [...(part.typed ?? []).map((line) => {
		const span = typed(line);
		span.classList.toggle("other", other(line));
		return span;
	}), ...(part.lines ?? []).map((line) => {
		const kind = KINDS.find(([pattern]) => pattern.test(line))?.[1] ?? "";
		return make("span", { class: `${kind}${other(line) ? " other" : ""}` }, `${line}\n`);
	})];
}

const is_empty = (part) => !part.typed && !part.lines;

function side(name, part, beside, words) {
	const lines = is_empty(part) ? [make("span", { class: "bench" }, words("nothing-like-it"))]
		: lines_of(part, is_empty(beside) ? null : beside);
	if (!is_empty(part) && !part.lines)
		lines.push(make("span", { class: "bench" }, words("and-nothing")));
	return make("div", { class: "side" }, make("p", { class: "whose" }, name),
		    make("pre", { lang: "en" }, lines));
}

// Commands that follow one another on all kernels are one block.
export function transcript(row, other, words) {
	const found = [];
	let block = null;
	for (const part of row.parts) {
		const beside = part.others?.[other];
		if (part.note) {
			found.push(make("p", { class: "note", lang: "en" }, part.note));
			block = null;
		} else if (beside) {
			found.push(make("div", { class: "sides" }, side(row.kernel, part, beside, words),
					side(other, beside, part, words)));
			block = null;
		} else if (!is_empty(part)) {
			if (!block)
				found.push(block = make("pre", { lang: "en" }));
			block.append(...lines_of(part, null));
		}
	}
	return make("div", { class: "transcript" }, found);
}
