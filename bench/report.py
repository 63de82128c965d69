"""The results as Markdown."""

from typing import Any

from gates import failures
from load import LOADS
from report_proxy import proxy_tables
from tables import capitalized, table

TITLES = {"kapo": "Kapo", "raw": "raw epoll", "nginx": "nginx", "haproxy": "HAProxy", "original": "Go original"}


def markdown(results: dict[str, Any]) -> str:
    """All tables."""
    parts = [_heading(results)]
    parts += [_load_table(results["loads"][load.name]) for load in LOADS]
    parts += [_rest_table(results), _syscall_table(results["syscalls"]), _pressure_table(results["pressure"])]
    parts += [_logging_table(results["logging"]), _service_table(results["services"])]
    parts += [_supervised_table(results["supervised"])]
    parts += proxy_tables(results["proxy"], results["proxy_bars"])
    parts += [_kapo_lines(results), _bar_table(results["bars"]), _gate_table(results["gates"])]
    return "\n\n".join(parts)


def _heading(results: dict[str, Any]) -> str:
    """When, where, with what."""
    machine, settings = results["machine"], results["settings"]
    programs = ", ".join(f"{name} {version}" for name, version in results["versions"].items())
    one_core = " Servers and load generator share one core." if settings["shares_core"] else ""
    return (
        f"{results['date']}: {machine['cpu']}, cores: {machine['cores']}, {machine['kernel']}. {programs}. "
        f"Medians of {settings['rounds']} interleaved rounds of {settings['seconds']} s.{one_core}"
    )


def _load_table(load: dict[str, Any]) -> str:
    """One load: every server, and Kapo's CPU time over the server's."""
    rows = []
    for name, server in load["servers"].items():
        figures = server["summary"]
        cpu = figures["cpu_us_per_request"]
        ratio = load["cpu_ratios"].get(name)
        errors = sum(sum(measured["errors"].values()) for measured in server["rounds"])
        rows.append(
            [
                TITLES[name],
                f"**{cpu['median']:.2f}** ({cpu['min']:.2f}–{cpu['max']:.2f})",
                f"{ratio['median_of_rounds']:.2f}" if ratio else "",
                f"{ratio['of_medians']:.2f}" if ratio else "",
                f"{figures['requests_per_second']['median']:.0f}",
                *(f"{figures[figure]['median']:.0f}" for figure in ("p50_us", "p99_us", "p999_us")),
                str(errors),
            ]
        )
    titles = ["", "CPU µs a request", "Kapo / server, by rounds", "Kapo / server, of medians"]
    titles += ["requests/s", "p50 µs", "p99 µs", "p99.9 µs", "errors"]
    return f"{capitalized(load['title'])}:\n\n" + table(titles, rows)


def _rest_table(results: dict[str, Any]) -> str:
    """What servers take while nobody asks, and how soon they answer."""
    rows = []
    for name, idle in results["idle"].items():
        held = results["idle_connections"]["servers"][name]
        rows.append(
            [
                TITLES[name],
                f"{idle['memory_kib']['resident']}",
                f"{idle['memory_kib']['private']}",
                f"{held['bytes_per_connection']:.0f}",
                f"{held['given_back_kib']} of {held['growth_kib']}",
                f"{idle['wakeups']}",
                f"{results['startup'][name]['summary_us']['median'] / 1e3:.1f}",
            ]
        )
    connections = results["idle_connections"]["connections"]
    seconds = results["idle"]["kapo"]["wakeup_seconds"]
    titles = ["At rest", "resident KiB", "private KiB", f"bytes a connection, {connections} idle ones"]
    titles += ["KiB given back after them", f"wakeups in {seconds} s", "first answer ms"]
    return table(titles, rows)


def _syscall_table(syscalls: dict[str, Any]) -> str:
    """System calls a request, with the calls that matter."""
    rows = []
    for name in syscalls["keep_alive"]:
        row = [TITLES[name]]
        for load in ("keep_alive", "new_connection"):
            counts = syscalls[load][name]
            calls = [f"{call} {count:.2f}" for call, count in counts["by_call"].items() if count >= 0.005]
            row += [f"{counts['calls_per_request']:.2f}", ", ".join(calls)]
        rows.append(row)
    return table(["System calls a request", "keep-alive", "of which", "new connection", "of which"], rows)


def _pressure_table(pressure: dict[str, Any]) -> str:
    """The tail of checks at a constant rate, with the range of p99 over the rounds."""
    rows = []
    for situation in pressure["situations"].values():
        for way, title in (("keep_alive", "keep-alive"), ("new_connection", "new connection")):
            tail = situation[way]
            middle = {name: figure["median"] for name, figure in tail.items() if name != "errors"}
            p99 = tail["p99_us"]
            rows.append(
                [
                    f"{situation['title']}; {title}",
                    f"{middle['pressure_per_second']:.1f}" if middle["pressure_per_second"] else "",
                    f"{middle['p50_us']:.0f}",
                    f"**{p99['median']:.0f}** ({p99['min']:.0f}–{p99['max']:.0f})",
                    *(f"{middle[figure]:.0f}" for figure in ("p999_us", "max_us")),
                    f"{middle['waited_ms']:.0f}" if "waited_ms" in middle else "",
                    str(tail["errors"]),
                ]
            )
    rounds = f"{pressure['checks_per_second']} checks/s, rounds of {pressure['seconds']} s: {pressure['rounds']}"
    titles = [rounds, "measured pressure", "p50 µs", "p99 µs", "p99.9 µs", "max µs"]
    titles += ["waited for its core ms", "errors"]
    return table(titles, rows)


def _service_table(services: dict[str, Any]) -> str:
    """One Kapo with many services."""
    memory, idle = services["memory_kib"], services["idle"]
    calls = ", ".join(f"{name} {count}" for name, count in idle["calls"].items())
    rows = [
        ["all run after s", f"{services['up_seconds']:.2f}"],
        ["CPU time for that, s", f"{services['up_cpu_seconds']:.2f}"],
        ["resident KiB", f"{memory['resident']}"],
        ["private KiB", f"{memory['private']}"],
        [f"wakeups in {idle['seconds']} s", f"{idle['wakeups']}"],
        [f"system calls in {idle['seconds']} s", calls or "0"],
    ]
    for name, title in (("restart_ms", "restart"), ("change_ms", "file changed"), ("metrics_ms", "scrape")):
        figure = services[name]["summary"]
        rows.append([f"{title} ms", f"**{figure['median']:.2f}** ({figure['min']:.2f}–{figure['max']:.2f})"])
    return table([f"Services in one Kapo: {services['services']}", ""], rows)


def _supervised_table(checks: dict[str, Any]) -> str:
    """What the checks of one command cost, and how evenly they are spread."""
    parts = checks["parts"]
    rows = [
        ["of a core", f"**{checks['cpu_percent']:.2f}** %"],
        ["CPU µs a check", f"{checks['cpu_us_per_check']:.0f}"],
        ["made in one interval", f"{checks['asked']}"],
        [f"in each of {parts['count']} parts of it", f"{parts['least']}–{parts['most']}"],
        ["resident, private KiB", f"{checks['memory_kib']['resident']}, {checks['memory_kib']['private']}"],
    ]
    return table([f"{checks['checks']} checks of one command, each every {checks['interval_seconds']} s", ""], rows)


def _logging_table(logging: dict[str, Any]) -> str:
    """How fast output goes into rotated files, and Kapo's time over that of the others."""
    rows = []
    for way, measured in logging["ways"].items():
        for name, speed in measured["megabytes_per_second"].items():
            ratio = measured["time_ratios"].get(name)
            rows.append(
                [
                    f"{TITLES.get(name, name)}, {'plain' if way == 'plain' else 'with times'}",
                    f"**{speed['median']:.0f}** ({speed['min']:.0f}–{speed['max']:.0f})",
                    f"{ratio['median']:.2f} ({ratio['min']:.2f}–{ratio['max']:.2f})" if ratio else "",
                ]
            )
    intact = "the same out" if logging["is_intact"] else "**not the same out**"
    title = f"{logging['lines']} lines of {logging['bytes'] / 1e6:.0f} MB in, {intact}; rounds: {logging['rounds']}"
    return table([title, "MB/s", "Kapo's time / its time"], rows)


def _kapo_lines(results: dict[str, Any]) -> str:
    """The figures that only Kapo has."""
    million, allocations = results["million"], results["allocations"]
    growth = million and million["growth_kib"]
    return "\n".join(
        [
            f"- Growth over {million['requests']} keep-alive requests: resident {growth['resident']} KiB, "
            f"private {growth['private']} KiB."
            if million
            else "- Growth over a million requests: not measured in a quick run.",
            f"- Allocations a request: keep-alive {allocations['keep_alive']['per_request']:g}, "
            f"new connection {allocations['new_connection']['per_request']:g}."
            if allocations
            else "- Allocations a request: not measured, as KAPO_DYNAMIC names no dynamically linked build.",
        ]
    )


def _bar_table(bars: list[dict[str, Any]]) -> str:
    """Kapo's CPU time a request over that of each server, and the bar."""
    rows = []
    for bar in bars:
        verdict = f"{'met' if bar['met'] else 'missed'} by {abs(bar['ratio'] - bar['bar']):.2f}"
        titles = [f"Kapo / {TITLES[bar['server']]}", bar["load"].replace("_", " ").replace("keep alive", "keep-alive")]
        rows.append([", ".join(titles), f"{bar['ratio']:.2f}", f"{bar['bar']:.2f}", verdict])
    return table(["CPU time a request, median of rounds", "ratio", "bar", ""], rows)


def _gate_table(gates: list[dict[str, Any]]) -> str:
    """What is gated."""
    rows = [
        [gate["name"], "" if gate["value"] is None else f"{gate['value']:g}", f"{gate['limit']:g}", gate["status"]]
        for gate in gates
    ]
    return table(["Gate", "measured", "limit", ""], rows) + "".join(f"\n\nFailed: {text}" for text in failures(gates))
