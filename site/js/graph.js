// SPDX-License-Identifier: GPL-2.0
// The modules as a graph: above those that use, beneath what they stand on. What holds a module and
// has no name, as the kernel keeps none, is a round one.
import dagre from "../vendor/dagre.js";

const SVG = "http://www.w3.org/2000/svg";
const MODULE = { width: 176, height: 62 };
const HOLDER = { width: 156, height: 46 };
const MARGIN = 18;
const LEAVING = 450;
const MOVING = 250;

function make(name, attributes = {}, ...children) {
	const element = document.createElementNS(SVG, name);
	for (const [key, value] of Object.entries(attributes))
		element.setAttribute(key, value);
	element.append(...children);
	return element;
}

function text(x, y, kind, content, more = {}) {
	return make("text", { x, y, class: kind, ...more }, content);
}

function kib(bytes) {
	return bytes === null ? "" : `${(bytes / 1024).toFixed(bytes < 10240 ? 1 : 0)} KiB`;
}

function draw_module(module, words) {
	const { width, height } = MODULE;
	return [
		make("rect", { class: "box", x: -width / 2, y: -height / 2, width, height, rx: 10 }),
		make("rect", { class: "stripe", x: -width / 2, y: -height / 2 + 10, width: 4,
			       height: height - 20, rx: 2 }),
		text(-width / 2 + 16, -5, "name", module.name),
		text(-width / 2 + 16, 17, "detail",
		     [words(`state-${module.state}`), kib(module.size)].filter(Boolean).join(" · ")),
		make("circle", { class: "count", cx: width / 2 - 22, cy: 0, r: 13 }),
		text(width / 2 - 22, 5, "count", String(module.refs), { "text-anchor": "middle" }),
	];
}

function draw_holder(holder) {
	const { width, height } = HOLDER;
	return [
		make("rect", { class: "box", x: -width / 2, y: -height / 2, width, height,
			       rx: height / 2 }),
		text(0, -3, "name", holder.title, { "text-anchor": "middle" }),
		text(0, 14, "detail", holder.detail, { "text-anchor": "middle" }),
	];
}

// Nodes and edges of what the kernel says.
function parts(modules, words) {
	const nodes = new Map(), edges = [];
	for (const module of modules)
		nodes.set(module.name, { ...MODULE, kind: `module ${module.state}`,
					 draw: () => draw_module(module, words) });
	for (const module of modules) {
		for (const user of module.users)
			if (nodes.has(user))
				edges.push([user, module.name]);
		const holders = module.files.map((file, index) => ({
			id: `${module.name}/${file.pid}/${index}`,
			title: `${file.comm} · ${file.pid}`, detail: file.path.replace("/proc/", "") }));
		if (module.nameless)
			holders.push({ id: `${module.name}/?`, title: `× ${module.nameless}`,
				       detail: words("nameless") });
		for (const holder of holders) {
			nodes.set(holder.id, { ...HOLDER, kind: "holder", draw: () => draw_holder(holder) });
			edges.push([holder.id, module.name]);
		}
	}
	return { nodes, edges };
}

function lay_out({ nodes, edges }) {
	const graph = new dagre.graphlib.Graph();
	graph.setGraph({ rankdir: "TB", nodesep: 22, ranksep: 56, marginx: MARGIN, marginy: MARGIN });
	graph.setDefaultEdgeLabel(() => ({}));
	for (const [id, node] of nodes)
		graph.setNode(id, { width: node.width, height: node.height });
	for (const [from, to] of edges)
		graph.setEdge(from, to);
	dagre.layout(graph);
	return graph;
}

function path(points) {
	const [first, ...rest] = points;
	let drawn = `M${first.x},${first.y}`;
	for (let i = 0; i < rest.length - 1; i++) {
		const middle = { x: (rest[i].x + rest[i + 1].x) / 2, y: (rest[i].y + rest[i + 1].y) / 2 };
		const end = i === rest.length - 2 ? rest[i + 1] : middle;
		drawn += ` Q${rest[i].x},${rest[i].y} ${end.x},${end.y}`;
	}
	return rest.length === 1 ? `${drawn} L${rest[0].x},${rest[0].y}` : drawn;
}

export class Graph {
	#svg;
	#edges = make("g", { class: "edges" });
	#nodes = make("g", { class: "nodes" });
	#drawn = new Map();
	#words;

	constructor(svg, words) {
		this.#svg = svg;
		this.#words = words;
		svg.append(make("defs", {}, make("marker", {
			id: "arrow", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 8, markerHeight: 8,
			orient: "auto" }, make("path", { d: "M0,0 L8,4 L0,8 z", class: "head" }))),
			   this.#edges, this.#nodes);
	}

	show(modules) {
		const all = parts(modules, this.#words);
		const graph = lay_out(all);
		const { width, height } = all.nodes.size ? graph.graph() : { width: 0, height: 0 };
		// What is drawn small stays small: a lone module does not fill the pane.
		const [w, h] = [Math.max(width, 420), Math.max(height, 260)];
		this.#svg.setAttribute("viewBox", `${(width - w) / 2} ${(height - h) / 2} ${w} ${h}`);
		for (const [id, element] of this.#drawn)
			if (!all.nodes.has(id))
				this.#remove(id, element);
		for (const [id, node] of all.nodes)
			this.#place(id, node, graph.node(id));
		this.#draw_edges(graph);
	}

	// Where they have moved, they come once the nodes are there.
	#draw_edges(graph) {
		const before = this.#edges.innerHTML;
		this.#edges.replaceChildren(...graph.edges().map((edge) => make("path", {
			d: path(graph.edge(edge).points), "marker-end": "url(#arrow)",
			class: edge.v.includes("/") ? "edge unnamed" : "edge",
			"data-from": edge.v, "data-to": edge.w })));
		if (before !== this.#edges.innerHTML && !matchMedia("(prefers-reduced-motion)").matches)
			this.#edges.animate({ opacity: [0, 0, 1] }, MOVING);
	}

	// A refusal: what was refused shakes, and what keeps it is seen.
	refuse(names) {
		for (const name of names) {
			const element = this.#drawn.get(name);
			if (!element)
				continue;
			const kept = [...this.#edges.querySelectorAll(`[data-to="${CSS.escape(name)}"]`)];
			for (const one of [element, ...kept]) {
				one.classList.add("refused");
				setTimeout(() => one.classList.remove("refused"), 2500);
			}
		}
	}

	#place(id, node, at) {
		let element = this.#drawn.get(id);
		if (!element) {
			element = make("g", { "data-id": id, class: "new" }, make("g", { class: "body" }));
			element.style.transform = `translate(${at.x}px, ${at.y}px)`;
			this.#nodes.append(element);
			this.#drawn.set(id, element);
			requestAnimationFrame(() =>
				requestAnimationFrame(() => element.classList.remove("new")));
		}
		element.setAttribute("class", `node ${node.kind}${
			element.classList.contains("new") ? " new" : ""}${
			element.classList.contains("refused") ? " refused" : ""}`);
		element.style.transform = `translate(${at.x}px, ${at.y}px)`;
		element.firstChild.replaceChildren(...node.draw());
	}

	#remove(id, element) {
		this.#drawn.delete(id);
		element.classList.add("gone");
		setTimeout(() => element.remove(), LEAVING);
	}
}
