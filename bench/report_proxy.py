"""The results of the health-check proxy as Markdown."""

from typing import Any

from tables import capitalized, table, with_range

ANSWERS = {"cached": "proxy, cached answer", "spool": "proxy, spool answer", "document": "status document"}
CHECKERS = {
    "kapo": "Kapo",
    "kapo_fresh": "Kapo, `keep_alive: 0`",
    "haproxy": "HAProxy",
    "haproxy_fresh": "HAProxy, a connection for each request",
}


def proxy_tables(proxy: dict[str, Any], bars: list[dict[str, Any]]) -> list[str]:
    """All tables of the proxy."""
    loads = [_answer_table(load) for load in proxy["answers"]["loads"].values()]
    return [*loads, _check_table(proxy["checks"]), _hanging_table(proxy), _bar_table(bars)]


def _answer_table(load: dict[str, Any]) -> str:
    """Answers that need no check, beside the status document."""
    rows = []
    for name, server in load["servers"].items():
        figures, ratio = server["summary"], load["over_document"].get(name)
        rows.append(
            [
                ANSWERS[name],
                with_range(figures["cpu_us_per_request"], 2),
                f"{ratio['median_of_rounds']:.2f}" if ratio else "",
                f"{figures['requests_per_second']['median']:.0f}",
                _errors(server),
            ]
        )
    titles = [f"{capitalized(load['title'])}", "CPU µs a request", "over the document's", "requests/s", "errors"]
    return table(titles, rows)


def _check_table(checks: dict[str, Any]) -> str:
    """Checks of nginx, beside HAProxy passing them on."""
    rows = []
    for name, server in checks["servers"].items():
        figures, rate = server["summary"], checks["rate_ratios"][name]
        rows.append(
            [
                CHECKERS[name],
                with_range(figures["requests_per_second"], 0),
                with_range(rate, 2),
                with_range(figures["cpu_us_per_request"], 2),
                f"{checks['cpu_ratios'][name]['median_of_rounds']:.2f}",
                *(f"{figures[figure]['median']:.0f}" for figure in ("p50_us", "p99_us")),
                _errors(server),
            ]
        )
    titles = [f"{capitalized(checks['title'])}", "requests/s", "over HAProxy's", "CPU µs a request", "over HAProxy's"]
    return table([*titles, "p50 µs", "p99 µs", "errors"], rows)


def _hanging_table(proxy: dict[str, Any]) -> str:
    """What hangs, who asks meanwhile, and what is remembered."""
    hanging, memory = proxy["hanging"], proxy["memory"]
    checks, timeout = hanging["checks"], hanging["timeout_seconds"]
    rows = [
        [f"{checks['questions']} checks that hang, time-out {timeout} s: answered", f"{checks['answered']}"],
        ["the last one's time beyond the time-out, ms", f"{hanging['late_ms']:.1f}"],
        ["descriptors left", f"{hanging['descriptors_left']}"],
    ]
    if hanging["waited_ms"] is not None:
        rows.append(["the proxy waited for its core meanwhile, ms", f"{hanging['waited_ms']:.0f}"])
    for moment, title in (("calm", "before, in calm"), ("meanwhile", "meanwhile")):
        for name, report in hanging[moment].items():
            times = ", ".join(f"{report[figure] / 1e3:.2f}" for figure in ("p50_us", "p99_us", "p999_us", "max_us"))
            rows.append([f"{ANSWERS[name]} {title}: p50, p99, p99.9, max, ms", times])
    keys = memory["keys"]
    moments = {"before": "nothing", "full": f"{keys} answers", "again": f"{keys} others in place of them"}
    for moment, title in moments.items():
        kinds = memory[f"{moment}_kib"]
        rows.append([f"in the cache {title}: resident, private KiB", f"{kinds['resident']}, {kinds['private']}"])
    return table(["The proxy under stress", ""], rows)


def _bar_table(bars: list[dict[str, Any]]) -> str:
    """What the proxy is meant to reach."""
    rows = [
        [bar["title"], f"{bar['value']:g}", f"{bar['relation']} {bar['bar']:g}", "met" if bar["met"] else "missed"]
        for bar in bars
    ]
    return table(["The proxy's bars", "measured", "bar", ""], rows)


def _errors(server: dict[str, Any]) -> str:
    """All errors that wrk has counted."""
    return str(sum(sum(measured["errors"].values()) for measured in server["rounds"]))
