// SPDX-License-Identifier: GPL-2.0
// The page of the matrix: a cell is read by pointing at it, or by going there with the arrow keys.
import { $, make } from "./dom.js";
import { start, words } from "./frame.js";

const MARKS = { passed: "✓", failed: "✗", skipped: "–", "": "·" };
// By a key of the arrow keys: how far down, how far to the right.
const MOVES = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

let told = null;

function cell(row, kernel, [verdict, reason]) {
	const said = words(verdict || "not-run");
	return make("td", { class: verdict || "not-run", tabindex: "-1",
			    "data-said": `${row.title} · ${kernel.name}: ${said}${reason ? `: ${reason}` : ""}` },
		    make("span", { "aria-hidden": "true" }, MARKS[verdict]),
		    make("span", { class: "hidden" }, reason ? `${said}: ${reason}` : said));
}

function count(file, kernel, text) {
	const [passed, all] = text.split(" of ");
	const verdict = all === undefined ? "skipped" : passed === all ? "passed" : "failed";
	const shown = all === undefined ? words(text ? "skipped" : "not-run") : `${passed}/${all}`;
	return make("td", { class: `${verdict} number`, tabindex: "-1",
			    "data-said": `${file.name} · ${kernel.name}: ${shown}` },
		    all === undefined ? MARKS.skipped : shown);
}

function heads(title) {
	return make("thead", {}, make("tr", {}, make("th", { scope: "col", lang: "en" }, title),
		told.kernels.map((kernel) => make("th", { scope: "col" }, make("span", {}, kernel.name)))));
}

function grid(title, rows) {
	const table = make("table", { class: "grid" }, heads(title), make("tbody", {}, rows));
	table.querySelector("td")?.setAttribute("tabindex", "0");
	return make("div", { class: "wide", tabindex: "-1" }, table);
}

function passed_everywhere(row) {
	return row.cells.every(([verdict]) => verdict === "passed");
}

function behaviours(only_differing) {
	return told.sections.map((section) => [section.title, section.rows.filter((row) =>
		!only_differing || !passed_everywhere(row))]).filter(([, rows]) => rows.length)
		.map(([title, rows]) => grid(title, rows.map((row) => make("tr", {},
			make("th", { scope: "row", lang: "en" },
			     make("a", { href: `behaviours.html#${row.id}`, title: row.title }, row.id),
			     make("span", { class: "title" }, row.title)),
			row.cells.map((one, n) => cell(row, told.kernels[n], one))))));
}

function tests(only_differing) {
	const all = (file) => file.cells.every((text) => /^(\d+) of \1$/.test(text));
	const files = told.files.filter((file) => !only_differing || !all(file));
	return files.length === 0 ? [] : [make("h2", {}, words("tests")),
		make("p", { class: "small" }, words("tests-lead")),
		grid(words("file"), files.map((file) => make("tr", {},
			make("th", { scope: "row" }, make("code", {}, file.name)),
			file.cells.map((text, n) => count(file, told.kernels[n], text)))))];
}

function kernels() {
	const columns = ["kernel", "linux", "kmod", "result", "minutes"];
	return make("details", {}, make("summary", {}, words("kernels")),
		make("div", { class: "wide", tabindex: "0", role: "region", "aria-label": words("kernels") },
		     make("table", { class: "plain" },
			  make("thead", {}, make("tr", {}, columns.map((name) =>
				  make("th", { scope: "col" }, words(name))))),
			  make("tbody", { lang: "en" }, told.kernels.map((kernel) => make("tr", {},
				  make("th", { scope: "row" }, kernel.name),
				  [kernel.linux, kernel.kmod, kernel.result, kernel.minutes].map((text) =>
					  make("td", {}, text))))))));
}

function read(said) {
	$("reading").textContent = said ?? words("matrix-hint");
}

function show() {
	const only_differing = $("differ").checked;
	const shown = [...behaviours(only_differing), ...tests(only_differing)];
	read(null);
	$("kernels").replaceChildren(...told.kernels.length ? [kernels()] : []);
	$("tables").replaceChildren(...shown.length ? shown : [make("p", {},
		words(told.kernels.length ? "nothing-differs" : "nothing-ran"))]);
}

// The cell that an arrow key leads to, in this table or the next one.
function neighbour(td, [down, right]) {
	const rows = [...$("tables").querySelectorAll("tbody tr")];
	const row = rows[rows.indexOf(td.parentElement) + down];
	return row?.cells[td.cellIndex + right];
}

function go(to) {
	if (!to?.matches("td"))
		return;
	for (const one of to.closest("table").querySelectorAll("[tabindex='0']"))
		one.tabIndex = -1;
	to.tabIndex = 0;
	to.focus();
}

$("differ").addEventListener("change", show);
$("tables").addEventListener("keydown", (event) => {
	const td = event.target.closest("td");
	if (!td || !MOVES[event.key])
		return;
	event.preventDefault();
	go(neighbour(td, MOVES[event.key]));
});
for (const name of ["focusin", "mouseover", "click"])
	$("tables").addEventListener(name, (event) => {
		const td = event.target.closest("td");
		if (td)
			read(td.dataset.said);
	});
start((data) => {
	told = data;
	show();
});
