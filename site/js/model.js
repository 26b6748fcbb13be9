// SPDX-License-Identifier: GPL-2.0
// What is known of the kernel's modules: nothing but what its agent told.

const TOOLS = new Set(["modprobe", "rmmod", "insmod", "kmod"]);
const ERRNO = {
	1: "EPERM", 2: "ENOENT", 8: "ENOEXEC", 11: "EAGAIN", 12: "ENOMEM", 13: "EACCES", 14: "EFAULT",
	16: "EBUSY", 17: "EEXIST", 19: "ENODEV", 22: "EINVAL", 38: "ENOSYS", 126: "ENOKEY",
	129: "EKEYREJECTED",
};
// Which module's a file is: the kernel counts the reference, but not for whom.
const OWNERS = { tasks: "walker_mod", threads: "walker_mod", report: "report_mod" };
const STATES = { Live: "live", Loading: "coming", Unloading: "going" };
// So many groups of events are kept.
const KEPT = 200;

function module_of(told, files) {
	// "[permanent]" stands among them, and is none.
	const users = told.users.split(",").filter((name) => /^[^-[]/.test(name));
	const holders = files.filter((file) => OWNERS[file.path.split("/").pop()] === told.name);
	// While it is loaded, one reference is the loader's.
	const loader = told.state === "Loading" ? 1 : 0;
	const nameless = Math.max(0, told.refs - users.length - loader);
	return {
		name: told.name, size: told.size, refs: told.refs, users,
		state: STATES[told.state] ?? told.state,
		files: holders.slice(0, nameless),
		nameless: Math.max(0, nameless - holders.length),
	};
}

export class Model extends EventTarget {
	modules = [];
	groups = [];
	#first = null;

	clear() {
		this.modules = [];
		this.groups = [];
		this.#first = null;
		this.#changed();
	}

	hear(said) {
		if (said.t === "state")
			this.modules = said.modules.map((module) => module_of(module, said.files)).reverse();
		else if (said.t === "end")
			this.#ended(said);
		else if (said.module)
			this.#happened(said);
		else
			return;
		this.#changed();
	}

	#changed() {
		this.dispatchEvent(new Event("change"));
	}

	#group(said) {
		const last = this.groups.at(-1);
		if (last && last.pid === said.pid && last.command === said.command)
			return last;
		const group = { pid: said.pid, command: said.command, at: this.#seconds(said.at),
				events: [], refused: null };
		this.groups.push(group);
		if (this.groups.length > KEPT)
			this.groups.shift();
		return group;
	}

	#seconds(at) {
		if (at === undefined)
			return null;
		this.#first ??= Number(at);
		return Number(at) - this.#first;
	}

	#happened(said) {
		// The kernel's own reference is counted in its events, and not in what tools show.
		const refs = said.refcnt === undefined ? null : said.refcnt - 1;
		this.#group(said).events.push({ type: said.t, module: said.module, refs });
		if (said.t === "load" && !this.modules.some((module) => module.name === said.module))
			this.modules = [...this.modules, { name: said.module, size: null, refs: 0, users: [],
				state: "coming", files: [], nameless: 0 }];
	}

	#ended(said) {
		const words = said.command.split(" ");
		const tool = words[0].split("/").pop();
		if (!TOOLS.has(tool) || said.status === 0)
			return;
		const named = this.modules.filter((module) => words.slice(1).some((word) =>
			word.split("/").pop().replace(/\.ko$/, "").replaceAll("-", "_") === module.name));
		this.#group(said).refused = {
			by: said.call ? "kernel" : tool,
			call: said.call ?? "", errno: said.errno ? ERRNO[said.errno] ?? said.errno : "",
			modules: named.map((module) => module.name),
			keepers: [...new Set(named.flatMap((module) => [...module.users,
				...module.files.map((file) => `${file.comm} (${file.pid})`)]))],
		};
		this.dispatchEvent(new CustomEvent("refused", { detail: this.groups.at(-1) }));
	}
}
