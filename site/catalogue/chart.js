// SPDX-License-Identifier: GPL-2.0
// Curves on two logarithmic axes; what is nearest to the mouse is told.
import { draw } from "./dom.js";

const MARGIN = { top: 34, right: 18, bottom: 34, left: 78 };
// No two numbers below are nearer than that.
const APART = 58;
const DECADES = 10;

const number = (value) => value.toLocaleString("en");

// From values to places, by their logarithms.
function scale(from, to, low, high) {
	const factor = (high - low) / (Math.log(to) - Math.log(from));
	return (value) => low + (Math.log(value) - Math.log(from)) * factor;
}

function nearest(places, at) {
	return places.reduce((best, place, n) =>
		Math.abs(place - at) < Math.abs(places[best] - at) ? n : best, 0);
}

export class Chart {
	#place; #points; #curves = []; #x; #y; #told;

	// `told` is called with the number of a point, and the curve that is nearest there.
	constructor(place, told) {
		this.#place = place;
		this.#told = told;
		place.addEventListener("pointermove", (event) => this.#pointed(event));
		place.addEventListener("pointerdown", (event) => this.#pointed(event));
	}

	// Draws curves, each with its values and its color's number; one point is marked, and one curve.
	show(points, curves, at, chosen, unit) {
		this.#points = points;
		this.#curves = curves;
		const width = Math.max(280, this.#place.clientWidth), height = this.#place.clientHeight;
		this.#place.setAttribute("viewBox", `0 0 ${width} ${height}`);
		const values = curves.flatMap((curve) => curve.values).filter((value) => value !== null);
		const low = DECADES ** Math.floor(Math.log10(Math.min(...values, 1e9)));
		const high = DECADES ** Math.ceil(Math.log10(Math.max(...values, low * DECADES)));
		this.#x = scale(points[0], points.at(-1), MARGIN.left, width - MARGIN.right);
		this.#y = scale(low, high, height - MARGIN.bottom, MARGIN.top);
		this.#place.replaceChildren(...this.#grid(low, high, width, height),
					    draw("text", { class: "unit", x: 2, y: 16 }, unit),
					    this.#cursor(at, height),
					    ...curves.map((curve) => this.#curve(curve, at, chosen)));
	}

	#grid(low, high, width, height) {
		const found = [];
		for (let value = low; value <= high * 1.01; value *= DECADES) {
			const y = this.#y(value);
			found.push(draw("line", { class: "grid", x1: MARGIN.left, x2: width - MARGIN.right,
						  y1: y, y2: y }),
				   draw("text", { class: "tick", x: MARGIN.left - 8, y: y + 4,
						  "text-anchor": "end" }, number(value)));
		}
		let right = width + APART;
		for (const point of this.#points.toReversed()) {
			const x = this.#x(point), bottom = height - MARGIN.bottom;
			found.push(draw("line", { class: "grid", x1: x, x2: x, y1: MARGIN.top, y2: bottom }));
			if (right - x < APART)
				continue;
			right = x;
			found.push(draw("text", { class: "tick", x: Math.min(x, width - 24), y: bottom + 20,
						  "text-anchor": "middle" }, number(point)));
		}
		return found;
	}

	#cursor(at, height) {
		const x = this.#x(this.#points[at]);
		return draw("line", { class: "cursor", x1: x, x2: x, y1: MARGIN.top,
				      y2: height - MARGIN.bottom });
	}

	#curve(curve, at, chosen) {
		const places = curve.values.map((value, n) => value === null ? null
			: [this.#x(this.#points[n]), this.#y(value)]);
		const there = places.filter(Boolean);
		return draw("g", { class: `curve c${curve.color}${curve === chosen ? " chosen" : ""}` },
			draw("polyline", { points: there.map((place) => place.join()).join(" ") }),
			places.map((place, n) => place && draw("circle", { cx: place[0], cy: place[1],
									   r: n === at ? 5.5 : 3 })));
	}

	#pointed(event) {
		const box = this.#place.getBoundingClientRect();
		const at = nearest(this.#points.map(this.#x), event.clientX - box.left);
		const there = this.#curves.filter((curve) => curve.values[at] !== null);
		const places = there.map((curve) => this.#y(curve.values[at]));
		this.#told(at, there[nearest(places, event.clientY - box.top)] ?? null);
	}
}
