// SPDX-License-Identifier: GPL-2.0
// The page of the cost: a chart with what it shows as figures, and all tables.
import { Chart } from "./chart.js";
import { $, make } from "./dom.js";
import { start, words } from "./frame.js";

let told = null;
let subject = null;
let chosen = null;
const off = new Set();
const chart = new Chart($("chart"), (at, curve) => {
	$("at").value = at;
	chosen = curve;
	show_point();
});

const number = (value) => value === null ? "–" : value.toLocaleString("en");

function curves() {
	return told.curves.filter((curve) => curve.subject === subject)
		.map((curve, color) => Object.assign(curve, { color }));
}

function times(curve, at) {
	const ours = curves()[0].values[at];
	const value = curve.values[at];
	return value === null || ours === null ? "–" : `${Number((value / ours).toPrecision(3))} ×`;
}

function switch_of(curve) {
	const button = make("button", { type: "button", class: `key c${curve.color}`, lang: "en",
					"aria-pressed": String(!off.has(curve.reader)) }, curve.reader);
	button.addEventListener("click", () => {
		if (!off.delete(curve.reader))
			off.add(curve.reader);
		button.setAttribute("aria-pressed", String(!off.has(curve.reader)));
		show_point();
	});
	for (const name of ["mouseenter", "focus"])
		button.addEventListener(name, () => {
			chosen = curve;
			show_point();
		});
	return button;
}

function show_values() {
	const per = `per-${curves()[0].per}`;
	$("values").replaceChildren(
		make("thead", {}, make("tr", {}, ["reader", per, "times"].map((name) =>
			make("th", { scope: "col" }, words(name))))),
		make("tbody", {}, curves().map((curve) => make("tr", { "data-reader": curve.reader },
			make("th", { scope: "row" }, switch_of(curve)), make("td"), make("td")))));
}

function show_point() {
	const at = Number($("at").value);
	const shown = curves().filter((curve) => !off.has(curve.reader));
	$("point").textContent = words("n-processes", number(told.points[at]));
	$("at").setAttribute("aria-valuetext", $("point").textContent);
	chart.show(told.points, shown, at, chosen, words(`per-${curves()[0].per}`));
	for (const [n, row] of [...$("values").tBodies[0].rows].entries()) {
		const curve = curves()[n];
		row.cells[1].textContent = number(curve.values[at]);
		row.cells[2].textContent = times(curve, at);
		row.classList.toggle("chosen", curve === chosen);
		row.classList.toggle("off", off.has(curve.reader));
	}
}

function show_subjects() {
	const all = [...new Set(told.curves.map((curve) => curve.subject))];
	$("subjects").replaceChildren(...all.map((name) => {
		const button = make("button", { type: "button", "aria-pressed": String(name === subject) },
				    words(`subject-${name}`));
		button.addEventListener("click", () => {
			subject = name;
			chosen = null;
			for (const one of $("subjects").children)
				one.setAttribute("aria-pressed", String(one === button));
			show_values();
			show_point();
		});
		return button;
	}));
}

function table(one) {
	const cell = (text, n) => make(n ? "td" : "th", n ? {} : { scope: "row" }, text);
	return make("section", { class: "figures" }, make("h3", {}, one.title),
		    make("div", { class: "wide", tabindex: "0", role: "region", "aria-label": one.title },
			 make("table", { class: "plain" },
			      make("thead", {}, make("tr", {}, one.header.map((text) =>
				      make("th", { scope: "col" }, text)))),
			      make("tbody", {}, one.rows.map((row) => make("tr", {}, row.map(cell)))))));
}

function show(data) {
	told = data;
	subject ??= told.curves[0]?.subject ?? null;
	$("heading").textContent = told.heading;
	$("tables").lang = "en";
	$("tables").replaceChildren(...told.tables.map(table));
	document.querySelector(".chart").hidden = !subject;
	if (!subject)
		return;
	show_subjects();
	show_values();
	show_point();
}

$("at").addEventListener("input", show_point);
start((data) => {
	if (!told) {
		$("at").max = data.points.length - 1;
		$("at").value = Math.max(0, data.points.indexOf(5000));
	}
	show(data);
	new ResizeObserver(() => subject && show_point()).observe($("chart"));
});
