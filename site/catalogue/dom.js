// SPDX-License-Identifier: GPL-2.0
// Elements, made in one call: no text ever becomes markup.

const SVG = "http://www.w3.org/2000/svg";

function fill(element, attributes, children) {
	for (const [name, value] of Object.entries(attributes))
		if (value !== null && value !== false)
			element.setAttribute(name, value === true ? "" : value);
	element.append(...children.flat().filter((child) => child !== null && child !== false));
	return element;
}

export function make(name, attributes = {}, ...children) {
	return fill(document.createElement(name), attributes, children);
}

export function draw(name, attributes = {}, ...children) {
	return fill(document.createElementNS(SVG, name), attributes, children);
}

export const $ = (id) => document.getElementById(id);

// What a search finds: things of which the text has all words, in any order.
export function searched(text) {
	const wanted = text.toLowerCase().split(/\s+/).filter(Boolean);
	return (hay) => wanted.every((word) => hay.includes(word));
}
