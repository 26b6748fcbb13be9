// SPDX-License-Identifier: GPL-2.0
// The page of behaviours: a list that is searched, and beside it the one that is chosen.
import { $, make, searched } from "./dom.js";
import { start, words } from "./frame.js";
import { transcript } from "./transcript.js";

// What stands at the beginning of a line, and what it means: words.js has that.
const MARKS = [["#", "how-guest"], ["$", "how-host"], ["call>", "how-call"], ["kern", "how-kern"],
	       ["[tracepoints]", "how-trace"]];
const LAB = "../index.html#row=";

let sections = [];
let rows = [];
// By a row's id: all of its text in small letters, and the lines of its transcripts.
const texts = new Map();
const lines = new Map();
// The kernel that is set beside the first one, wherever it can be.
let beside = null;

function* lines_of(parts) {
	for (const part of parts) {
		yield* [part.note, ...part.typed ?? [], ...part.lines ?? []].filter(Boolean);
		yield* lines_of(Object.values(part.others ?? {}));
	}
}

function learn(data) {
	sections = data;
	rows = sections.flatMap((section) => section.rows);
	for (const row of rows) {
		lines.set(row.id, [...new Set(lines_of(row.parts))]);
		texts.set(row.id, [row.id, row.title, row.teaches, ...lines.get(row.id)]
			.join("\n").toLowerCase());
	}
}

// The line of a transcript that a search found, where the name and the title do not have it.
function line_found(row, text) {
	const has = searched(text);
	if (!text.trim() || has(`${row.id} ${row.title}`.toLowerCase()))
		return null;
	const first = text.trim().toLowerCase().split(/\s+/)[0];
	return lines.get(row.id).find((line) => has(line.toLowerCase())) ??
		lines.get(row.id).find((line) => line.toLowerCase().includes(first)) ?? null;
}

function item(row, text) {
	const line = line_found(row, text);
	return make("li", {}, make("a", { href: `#${row.id}`, "data-row": row.id },
		make("b", {}, row.title), make("span", { class: "id" }, row.id,
			row.try ? make("span", { class: "lab", title: words("how-try") }, words("lab")) : null),
		line ? make("code", {}, line) : null));
}

function show_list() {
	const text = $("search").value;
	const has = searched(text);
	let n = 0;
	$("rows").replaceChildren(...sections.flatMap((section) => {
		const found = section.rows.filter((row) => has(texts.get(row.id)));
		n += found.length;
		return found.length ? [make("h2", { lang: "en" }, section.title,
					    make("span", { class: "count" }, String(found.length))),
				       make("ul", { lang: "en" }, found.map((row) => item(row, text)))]
			: [];
	}));
	$("found").textContent = n === 0 ? words("no-behaviours")
		: n < rows.length ? words("found-behaviours", n, rows.length)
			: words("n-behaviours", n);
	show_chosen();
}

function chosen() {
	return decodeURIComponent(location.hash.slice(1));
}

function show_chosen() {
	for (const link of $("rows").querySelectorAll("a"))
		link.toggleAttribute("aria-current", link.dataset.row === chosen());
}

// Which kernel stands beside the first.
function comparison(row) {
	if (!row.others.length)
		return null;
	const choices = [...row.others, null];
	const buttons = choices.map((kernel) => {
		const button = make("button", { type: "button",
						"aria-pressed": String(kernel === chosen_beside(row)) },
				    kernel ?? words("alone"));
		button.addEventListener("click", () => {
			beside = kernel ?? "";
			show_row();
			const now = $("row").querySelectorAll(".compare button");
			now[choices.indexOf(kernel)].focus();
		});
		return button;
	});
	return make("p", { class: "compare", role: "group", "aria-label": words("compare") },
		    make("span", {}, words("compare")), buttons);
}

function chosen_beside(row) {
	return beside === "" ? null : row.others.includes(beside) ? beside : row.others[0] ?? null;
}

function run_it(row) {
	const here = row.try
		? make("a", { class: "button", href: `${LAB}${row.id}`, title: words("try-title") },
		       words("try"))
		: make("span", { class: "small" }, words("not-here"));
	return make("p", { class: "run" }, here, make("span", { class: "small" }, words("run-it"), " ",
		    make("code", {}, `make test T=${row.id}`)));
}

function about(row) {
	const told = Object.entries(row.without).map(([kernel, why]) =>
		make("p", { class: "small" }, words("without", kernel, why)));
	if (!row.kernel)
		told.push(make("p", { class: "small" }, words("no-run")));
	else
		told.unshift(make("p", { class: "small" }, words("shown-on", row.kernel), row.same.length
			? ` · ${words("same-on", row.same.join("; "))}` : ""));
	return told;
}

function messages(row) {
	if (!row.messages.length)
		return null;
	return make("section", { class: "said" }, make("h3", {}, words("its-messages")),
		    make("ul", {}, row.messages.map((id) =>
			    make("li", {}, make("a", { href: `messages.html#${id}` }, id)))));
}

function turn(row) {
	const at = rows.indexOf(row);
	const ways = [["previous", rows[at - 1]], ["next", rows[at + 1]]];
	return make("p", { class: "turn" }, ways.map(([name, to]) =>
		to ? make("a", { href: `#${to.id}` }, words(name, to.title)) : make("span")));
}

function show_row() {
	const row = rows.find((one) => one.id === chosen());
	document.body.dataset.view = chosen() ? "row" : "list";
	show_chosen();
	if (!row) {
		$("row").replaceChildren(...(chosen() ? [back(), make("p", {}, words("no-row", chosen()))]
			: introduction()));
		return;
	}
	const section = sections.find((one) => one.rows.includes(row));
	$("row").replaceChildren(...[back(), make("p", { class: "kind", lang: "en" },
		`${section.title} · `, make("code", {}, row.id)),
		make("h2", { lang: "en" }, row.title), make("p", { class: "teaches", lang: "en" }, row.teaches),
		run_it(row), ...about(row), comparison(row),
		transcript(row, chosen_beside(row), words), messages(row), turn(row)].filter(Boolean));
}

function back() {
	return make("p", { class: "back" }, make("a", { href: "#" }, `← ${words("back")}`));
}

function introduction() {
	return [make("h2", {}, words("choose-title")), make("p", { class: "teaches" }, words("choose")),
		make("h3", {}, words("how-title")),
		make("dl", { class: "marks" }, MARKS.flatMap(([mark, means]) =>
			[make("dt", {}, make("code", {}, mark)), make("dd", {}, words(means))]),
		     make("dt", {}, make("span", { class: "lab" }, words("lab"))),
		     make("dd", {}, words("how-try")))];
}

$("search").addEventListener("input", show_list);
document.addEventListener("keydown", (event) => {
	if (event.key !== "/" || event.target.closest?.("input, textarea"))
		return;
	event.preventDefault();
	$("search").focus();
});
addEventListener("hashchange", () => {
	show_row();
	$("row").scrollTop = 0;
	scrollTo(0, 0);
	$("row").focus({ preventScroll: true });
});
start((data) => {
	learn(data);
	show_list();
	show_row();
	$("rows").querySelector("[aria-current]")?.scrollIntoView({ block: "center" });
});
