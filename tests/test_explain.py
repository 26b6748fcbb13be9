# SPDX-License-Identifier: GPL-2.0
"""taskmods explain: whose words a pasted line has, by the table in cli/messages/."""

import json
import re
import resource
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from harness.host import cli
from harness.host.paths import TOP
from harness.host.run import environment, run
from harness.rows import messages
from recorded import Tree

pytestmark = pytest.mark.host

TESTS = TOP / "tests"
MET = TESTS / "messages-met.tsv"
# Words that stand for {one word}; for others there are several.
WORDS = re.compile(r"\{(function|licence|module|name|namespace|option|other|release|symbol|user|"
                   r"version|word)\}")


def explain(*words: str, typed: str | bytes = "", **options: Any
            ) -> "subprocess.CompletedProcess[str]":
    """Run the command on words, or on what is typed, which may be bytes that are no text."""
    data = typed if isinstance(typed, bytes) else typed.encode()
    done = subprocess.run([cli.built(), "explain", *words], input=data, capture_output=True,
                          check=False, **options)
    return subprocess.CompletedProcess(done.args, done.returncode,
                                       done.stdout.decode(), done.stderr.decode())


def found(typed: str | bytes) -> list[str]:
    """Return the ids of the records that are found, in the order shown."""
    done = explain("--json", typed=typed)
    return [answer["id"] for answer in json.loads(done.stdout)]


def made_of(text: str) -> str:
    """Return a line that a text of the table is met in."""
    line = WORDS.sub("foo_mod", text.replace("{number}", "17"))
    return re.sub(r"\{\w+\}", "some thing", line).removeprefix("^").removesuffix("$")


# What stands around a message, where it is pasted from.
LINES = (
    ("rmmod: ERROR: Module my_driver is in use by: a_mod b-mod", "in-use-by"),
    ("libkmod: ERROR ../libkmod/x.c:1 f():   Module core_mod   is in use.  ", "in-use-modprobe"),
    ("[  123.456789] report_mod: Unknown symbol tcore_count (err -2)", "unknown-symbol"),
    ("kern  :warn  : [Thu Nov 26 08:00:00 2026] x: Unknown symbol y (err -22)",
     "unknown-symbol-refused"),
    ("Nov 22 12:00:00 host kernel: foo: disagrees about version of symbol module_layout",
     "disagrees-version"),
    ("4,812,2500000,-;foo: disagrees about version of symbol module_layout", "disagrees-version"),
    ("insmod: ERROR: could not insert module /lib/modules/6.1.0-9-amd64/extra/x.ko: "
     "Invalid module format", "load-exec-format"),
    ("FATAL: Error inserting foo (/lib/modules/2.6.32/foo.ko): Invalid module format",
     "load-exec-format"),
    ("insmod: can't insert 'foo.ko': invalid module format", "load-exec-format"),
    ("modprobe: can't load module foo (kernel/foo.ko): Device or resource busy", "load-busy"),
    ("févr. 23 13:06:28 debian systemd-modules-load[248]: Failed to insert module 'x': "
     "Key was rejected by service", "load-key-rejected"),
    ("finit_module(3, \"\", 0) = -1 ENOKEY (Required key not available)", "load-key-rejected"),
    ("\x1b[01m\x1b[Kfoo.c:1:2:\x1b[m\x1b[K \x1b[01;31m\x1b[Kerror: \x1b[m\x1b[Kimplicit "
     "declaration of function ‘\x1b[01m\x1b[Kdel_timer\x1b[m\x1b[K’", "c-undeclared-function"),
    ("foo.c:1:2: error: implicit declaration of function « del_timer »", "c-undeclared-function"),
    ("make[1]: *** Keine Regel, um „modules“ zu erstellen.  Schluss.", "no-rule-modules"),
    ("make[1]: *** No rule to make target ‘modules’.  Stop.", "no-rule-modules"),
    ("make: *** 没有规则可制作目标“modules”。 停止。", "no-rule-modules"),
    ("make[2]: *** [scripts/Makefile.build:249：/tmp/m/hello.o] 错误 1", "make-error"),
    ("/tmp/m/hello.c:12:5: 错误：隐式声明函数‘del_timer’ [-Werror=implicit-function-declaration]",
     "c-undeclared-function"),
    ("/tmp/m/hello.c:12:5: 错误：‘struct task_struct’没有名为‘state’的成员", "c-member"),
    ("gcc: error: unrecognized command-line option '-fmin-function-alignment=16'", "cc-option-gcc"),
    ("/bin/sh: 1: ./tools/objtool/objtool: Exec format error", "tool-format"),
    ("kernel: foo: `abc' invalid for parameter `num'", "param-invalid"),
)


@pytest.mark.parametrize("line, record", LINES)
def test_a_pasted_line_is_found(line: str, record: str) -> None:
    """With paths, names, times, colours, quotes, and what a version of kmod puts before it."""
    assert found(line + "\n") == [record]


def test_an_answer_has_its_parts() -> None:
    answer = explain("rmmod: ERROR: Module foo is in use by: bar")
    assert (answer.returncode, answer.stderr) == (0, "")
    first, *rest = answer.stdout.splitlines()
    assert first == "rmmod: ERROR: Module foo is in use by: bar"
    assert [line.partition(":")[0] for line in rest if line[:1] != " "] == ["means", "do", "shown"]
    assert max(map(len, rest)) <= 100


PASTE = """\
[    1.000000] foo: loading out-of-tree module taints kernel.
modprobe: ERROR: could not insert 'foo': Invalid argument
[    2.000000] foo: disagrees about version of symbol module_layout
[    2.100000] bar: disagrees about version of symbol module_layout
make: *** [Makefile:3: all] Error 2
nothing to see here
"""


def test_many_lines_are_ranked_and_each_message_comes_once() -> None:
    """Causes, errors, what follows from them, and what does no harm."""
    answers = json.loads(explain("--json", typed=PASTE).stdout)
    assert [(answer["id"], answer["rank"], answer["lines"]) for answer in answers] == [
        ("disagrees-version", "cause", [3, 4]), ("load-invalid", "error", [2]),
        ("make-error", "result", [5]), ("taint-out-of-tree", "harmless", [1])]
    said = explain(typed=PASTE).stdout
    assert said.startswith("[ 2.000000] foo: disagrees about version of symbol module_layout\n"
                           "(and 1 more such lines)\n")
    assert said.count("\n\n") == 3


def test_the_log_is_not_asked_for_where_it_is_there() -> None:
    tool, log = PASTE.splitlines()[1:3]
    assert "Read the kernel log" in explain(tool).stdout
    assert "Read the kernel log" not in explain(typed=f"{tool}\n{log}\n").stdout


@pytest.mark.parametrize("part, number", [
    ("Unknown symbol in module", 1), ("key was rejected by service", 1), ("is in use", 3)])
def test_a_part_explains_what_holds_it(part: str, number: int) -> None:
    answer = explain(part)
    assert (answer.returncode, answer.stderr) == (0, "")
    assert len(re.findall("^means: ", answer.stdout, re.MULTILINE)) >= number
    if number > 1:
        for text in answer.stdout.split("\n\n"):
            assert part in text.splitlines()[0].lower()


def test_what_the_readme_has_of_tools_is_explained() -> None:
    """Between our own messages."""
    readme = (TOP / "README.md").read_text(encoding="utf-8")
    table = readme.partition("## When it fails")[2].partition("\n## ")[0]
    shown = re.findall("^    [$#] (?:.*[|] )?taskmods explain(.*)$", table, re.MULTILINE)
    assert len(shown) >= 3
    for words in shown:
        if '"' in words:
            assert explain(words.strip().strip('"')).returncode == 0, words


@pytest.mark.parametrize("line", ["quite other words about cheese", "modprobe", "error",
                                  "modprobe: FATAL: Modul foo is not in usage"])
def test_an_unknown_line_is_said_in_one(line: str) -> None:
    answer = explain(line)
    assert (answer.returncode, answer.stdout, answer.stderr) == (
        1, "", f"taskmods: no message like this is known: {line}: give the lines around it, too\n")
    assert explain("--json", line).stdout == "[]\n"


def test_many_unknown_lines() -> None:
    answer = explain(typed="a\n\nb\n  \nc")
    assert (answer.returncode, answer.stdout) == (1, "")
    assert answer.stderr == ("taskmods: no message is known that is in one of these 3 lines\n")


def test_no_line_at_all() -> None:
    for typed in ("", "\n", " \n\t\n"):
        answer = explain(typed=typed)
        assert (answer.returncode, answer.stdout) == (2, "")
        assert answer.stderr.startswith("taskmods: explain needs a message, as in: ")


def test_what_cannot_be_read(tmp_path: Path) -> None:
    with open("/proc/self/mem", "rb") as unreadable:
        done = subprocess.run([cli.built(), "explain"], stdin=unreadable, capture_output=True,
                              text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("taskmods: cannot read standard input: ")
    done = subprocess.run([cli.built(), "explain", "--log", "--sysroot", tmp_path],
                          capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "taskmods: cannot read /dev/kmsg: No such file or directory\n"


def test_the_log_of_this_machine(tmp_path: Path) -> None:
    tree = Tree(tmp_path, cli.built())
    tree.write("dev/kmsg", "6,1,1,-;nothing\n4,2,2500000,-;foo: Unknown symbol bar (err -2)\n"
               " SUBSYSTEM=foo: exports duplicate symbol bar (owned by kernel)\n")
    done = tree.run("explain", "--log", "--json")
    assert [answer["text"] for answer in json.loads(done.stdout)] == [
        "foo: Unknown symbol bar (err -2)"]
    assert tree.run("explain", "--log", "words").returncode == 2
    tree.write("dev/kmsg", "6,1,1,-;nothing\n")
    assert tree.run("explain", "--log").returncode == 1


def met() -> list[tuple[str, str, str]]:
    """Return where each message was met, the message, and what a helpful answer matches."""
    rows = [line.split("\t") for line in MET.read_text(encoding="utf-8").splitlines()
            if not line.startswith("#")]
    return [(source, message.replace("\\n", "\n"), helps) for source, message, _, helps in rows]


def test_what_people_met_is_answered_helpfully() -> None:
    """At least nine in ten of them."""
    helped = {(source, message): re.search(helps, explain(typed=message).stdout.lower()) is not None
              for source, message, helps in met()}
    missed = [key for key, helps in helped.items() if not helps]
    assert len(helped) >= 90
    assert len(missed) <= len(helped) // 10, missed


def test_each_text_of_the_table_is_found() -> None:
    """As itself: no other record has the words of one, and none cannot be reached."""
    texts = [(message.id, text) for message in messages.table() for text in message.says]
    answers = messages.find([made_of(text) for _, text in texts])
    assert [(text, answer) for (record, text), answer in zip(texts, answers) if answer != record] \
        == []


def test_no_text_of_the_table_is_of_one_report_alone() -> None:
    """A text says how a program writes, not what one machine said."""
    lines = {line.strip() for _, message, _ in met() for line in message.splitlines()}
    names = re.compile(r"\d\.\d+\.\d+|/home/|localhost|rtl8\d\d\d|vboxguest|nvidia_|zfs")
    for message in messages.table():
        for text in message.says:
            assert not (text in lines and names.search(text)), text


def cost(typed: bytes) -> float:
    """Return the seconds of processor time that it takes to explain this, when it is built."""
    words = [str(cli.built()), "explain", "--json"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(words, input=typed, capture_output=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def log_of(lines: int) -> bytes:
    """Return a log in which most is nothing, and much is nearly something."""
    kinds = ("[%d.5] usb 1-4: new high-speed USB device number 7 using xhci_hcd\n",
             "Nov 26 08:00:00 host systemd-modules-load[%d]: could not insert 'x': Unknown thing "
             "in module, no such device or file\n",
             "[%d.5] foo: Unknown symbol bar in a module of another kind (error)\n",
             "[%d.5] foo: disagrees about version of symbol module_layout\n")
    return b"".join((kinds[n % 4] % n).encode() for n in range(lines))


def test_a_hundred_thousand_lines_take_a_second() -> None:
    assert cost(log_of(100_000)) < 1


@pytest.mark.slow
def test_the_cost_is_linear() -> None:
    once, fourfold = (min(cost(log_of(lines)) for _ in range(3)) for lines in (100_000, 400_000))
    assert fourfold < 6 * once


HOSTILE = (
    b"could not insert 'foo': " * 45_000, b"{module}: " * 100_000, b":" * 1_000_000,
    b"\x1b]" * 500_000, b"\x1b[" * 500_000, "«".encode() * 500_000, b"\0" * 1_000_000,
    b"\xff" * 1_000_000, b"a " * 500_000 + b"Unknown symbol x (err -2)", b"* " * 500_000,
)


@pytest.mark.parametrize("typed", HOSTILE, ids=lambda typed: repr(typed[:12]))
def test_a_line_of_a_megabyte(typed: bytes) -> None:
    """Is answered, or unknown, soon."""
    done = explain(typed=typed, timeout=10)
    assert done.returncode in (0, 1, 2)
    if typed.endswith(b"(err -2)"):
        assert found(typed) == ["unknown-symbol"]
    assert cost(typed) < 2


@pytest.mark.parametrize("line, shown", [
    (b"x: Unknown symbol \x1b[31mred\x1b[0m (err -2)", "x: Unknown symbol red (err -2)"),
    (b"x: Unknown symbol \x1b]0;title\x07y (err -2)", "x: Unknown symbol y (err -2)"),
    (b"x: Unknown\0symbol y\x08\x7f (err -2)", "x: Unknown symbol y (err -2)"),
    (b"x: Unknown symbol \xc2\x9b31my\xff (err -2)", "x: Unknown symbol ??31my? (err -2)"),
    (b"x: Unknown symbol \xe2\x80\xaey (err -2)", "x: Unknown symbol ???y (err -2)"),
    ("x: Unknown symbol „ä“ (err -2)".encode(), "x: Unknown symbol „ä“ (err -2)"),
])
def test_nothing_that_a_terminal_obeys_is_passed_on(line: bytes, shown: str) -> None:
    said = explain(typed=line).stdout
    assert said.splitlines()[0] == shown
    assert not re.search("[\0-\x09\x0b-\x1f\x7f\x80-\x9f]", said)
    assert json.loads(explain("--json", typed=line).stdout)[0]["text"] == shown


def sanitized(place: Path) -> Path:
    """Build what finds messages, with a loop that changes them, under ASan and UBSan."""
    program = place / "fuzz"
    built = cli.built().parent
    run(["gcc", "-g", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all",
         "-D_GNU_SOURCE", f"-I{built}", f"-I{cli.SOURCES}", "-o", program, TESTS / "fuzz/explain.c",
         *cli.FINDS_MESSAGES], "build the fuzzer")
    return program


def fuzz(place: Path, seconds: int) -> int:
    """Run it for so long; return how many texts were explained. Fails with what went wrong."""
    seeds = place / "seeds"
    texts = "".join(f"{text}\n" for message in messages.table() for text in message.says)
    seeds.write_text(texts + "\n".join(message for _, message, _ in met()), encoding="utf-8")
    done = subprocess.run([sanitized(place), str(seconds), "1", seeds], text=True, check=False,
                          capture_output=True, timeout=seconds + 120)
    assert done.returncode == 0, done.stderr[-3000:]
    return int(done.stderr.split()[0])


@pytest.mark.slow
def test_changed_texts_do_no_harm(tmp_path: Path) -> None:
    assert fuzz(tmp_path, 3) > 100


@pytest.mark.nightly
def test_changed_texts_do_no_harm_for_a_minute(tmp_path: Path) -> None:
    assert fuzz(tmp_path, 60) > 2000


def test_what_finds_messages_needs_no_system(tmp_path: Path) -> None:
    """So that it runs in a browser, too: of the C library it uses what handles memory."""
    run(["gcc", "-c", "-O0", "-fno-builtin", "-D_GNU_SOURCE", f"-I{cli.built().parent}",
         *(cli.SOURCES / f"{part}.c" for part in ("match", "plain", "utf8"))],
        "compile what finds messages", cwd=tmp_path)
    symbols = run(["nm", *sorted(tmp_path.glob("*.o"))], "list its symbols")
    wanted = set(re.findall(r" U (\w+)$", symbols, re.MULTILINE))
    has = set(re.findall(r" [TDRB] (\w+)$", symbols, re.MULTILINE))
    assert wanted - has <= {"memchr", "memcmp", "memcpy", "strchr", "strlen",
                            "_GLOBAL_OFFSET_TABLE_"}


# What is wrong with a file of the table, and what is said of it.
BROKEN = (
    ("id: x\nsays: a\n", "id: x lacks says: or means:"),
    ("says: a\n", "a record begins with id:"),
    ("id: x\nsays: <nothing: EPERM>\nmeans: a\n", "there is no form nothing"),
    ("id: x\nsays: <loading: ENONE>\nmeans: a\n", "there is no error ENONE"),
    ("id: x\nsays: a\nmeans: a\nmeans: b\n", "a second means:"),
    ("id: x\nid: x\n", "is there twice"),
    ("id: x\nrank: high\n", "rank: is cause, error, result or harmless"),
    ("id: x\nsaid: y\n", "unknown: said:"),
    ("id: x\nNONSENSE\n", "not understood: NONSENSE"),
)


@pytest.mark.parametrize("text, said", BROKEN)
def test_a_file_of_the_table_that_is_wrong(text: str, said: str, tmp_path: Path) -> None:
    """Is named with its line, and nothing is built."""
    file = tmp_path / "wrong.txt"
    file.write_text(text, encoding="utf-8")
    folder = cli.SOURCES / "messages"
    done = subprocess.run(["awk", "-f", folder / "messages.awk", folder / "forms.txt", file],
                          capture_output=True, text=True, check=False)
    assert done.returncode == 1 and done.stderr.count("\n") == 1
    assert said in done.stderr and str(file) in done.stderr


def made(*words: str, typed: str = "") -> "subprocess.CompletedProcess[str]":
    """Run make explain."""
    given = {"MSG": words[0]} if words else {}
    return subprocess.run(["make", "-s", "-C", TOP, "explain"], text=True, input=typed,
                          env={**environment(), **given}, capture_output=True, check=False)


@pytest.mark.parametrize("words, typed", [
    (("- foo: `abc' invalid for parameter `num'",), ""), ((), "'abc' invalid for parameter 'num'")])
def test_make_explain_runs_the_same(words: Sequence[str], typed: str) -> None:
    cli.built()
    answer = made(*words, typed=typed)
    assert (answer.returncode, answer.stderr) == (0, "")
    assert answer.stdout == explain("--", *words, typed=typed).stdout


def test_make_adds_nothing_to_what_is_unknown() -> None:
    cli.built()
    answer = made("quite other words about cheese")
    assert (answer.returncode, answer.stdout) == (0, "")
    assert answer.stderr == ("taskmods: no message like this is known: quite other words about "
                             "cheese: give the lines around it, too\n")
