// SPDX-License-Identifier: GPL-2.0
// The kernel's events, the newest first, each group with the command that caused it.

function make(name, kind, ...children) {
	const element = document.createElement(name);
	if (kind)
		element.className = kind;
	element.append(...children);
	return element;
}

function event_of(event, words) {
	const chip = make("span", `event ${event.type}`, make("b", "", words(`event-${event.type}`)),
			  ` ${event.module}`);
	if (event.refs !== null)
		chip.append(make("span", "refs", ` → ${event.refs}`));
	return chip;
}

function refusal(refused, words) {
	const by = refused.by === "kernel"
		? words("refused-kernel", refused.call, refused.errno)
		: words("refused-tool", refused.by);
	const kept = refused.keepers.length ? words("kept-by", refused.keepers.join(", ")) : "";
	return make("p", "refusal", make("b", "", words("refused")), ` ${by}${kept}`);
}

function item(group, words) {
	const entry = make("li", group.refused ? "refused" : "");
	const head = make("p", "cause", make("code", "", group.command));
	if (group.at !== null)
		head.append(make("span", "at", `${group.at.toFixed(2)} s`));
	entry.append(head);
	if (group.events.length)
		entry.append(make("p", "events", ...group.events.flatMap((event) =>
			[event_of(event, words), " "])));
	if (group.refused)
		entry.append(refusal(group.refused, words));
	return entry;
}

export function show_timeline(list, groups, words) {
	list.replaceChildren(...groups.toReversed().map((group) => item(group, words)));
}
