"""The results as a table people read, a plot, and JSON for whoever compares two of them."""

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import matplotlib

matplotlib.use("svg")
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from benchmarks.cost import Cost
from benchmarks.endurance import Memory
from benchmarks.fhir_fetch import Fetched
from benchmarks.load import AGAIN, ANEW, CLIENTS, SESSIONS, Row

FOLDER = Path(__file__).parent / "results"
OURS, AGAIN_COLOUR, THEIRS = "#0b6e4f", "#7cc4a4", "#8a8f98"


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """Everything that was measured. `repetitions` of `seconds` each; `start_up`: seconds, by target."""

    repetitions: int
    seconds: float
    rows: Sequence[Row]
    fetched: Sequence[Fetched]
    stages: Cost
    many_patients_ms: float
    asked_again_ms: float
    unremembered_ms: float
    sizes: Sequence[Cost]
    start_up: dict[str, float]
    memory: Sequence[Memory]

    def row(self, target: str, body: str, clients: int) -> Row:
        return next(row for row in self.rows if (row.target, row.body, row.clients) == (target, body, clients))

    def ratio(self, body: str, clients: int) -> float:
        """Our requests per second to the bare view's."""
        return self.row("service", body, clients).per_second / self.row("bare", body, clients).per_second


def write(results: Results, folder: Path = FOLDER) -> Path:
    """`benchmark.md`, `.svg` and `.json` in a folder; gives the first."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "benchmark.json").write_text(json.dumps(asdict(results), indent=1) + "\n", encoding="utf-8")
    _plot(results).savefig(folder / "benchmark.svg", metadata={"Date": None})
    page = folder / "benchmark.md"
    page.write_text(_page(results), encoding="utf-8")
    return page


# --- the table --------------------------------------------------------------------------------------------------------
def _page(results: Results) -> str:
    return "\n".join(
        [
            "# How fast it is",
            "",
            f"Measured {datetime.now(UTC):%Y-%m-%d} with `make bench` on {_machine()}, which client and server share. "
            f"Medians of {results.repetitions} runs of {results.seconds:g} s, the service and the bare view in turn. "
            "Every answer was compared with the right one.",
            "",
            *_budget(results),
            "",
            "![Requests per second, cost against size, memory](benchmark.svg)",
            "",
            *_loads(results),
            "",
            *_fetches(results),
            "",
            *_stages(results),
            "",
            *_sizes(results),
            "",
            "[How this is measured](../README.md)",
            "",
        ]
    )


def _machine() -> str:
    return f"{os.cpu_count()} processors, Python {platform.python_version()}, {platform.system()}"


def _budget(results: Results) -> list[str]:
    kinds = (ANEW, SESSIONS, AGAIN)
    rows = [results.row("service", kind, 8) for kind in kinds]
    thousand = next(cost.total_ms for cost in results.sizes if cost.resources >= 1_000)
    last, start = results.memory[-1], results.memory[0]
    return [
        *_table(
            (
                "Budget (17 KB of JSON, full prefetch, 8 clients)",
                "Bound",
                "Each call of another patient",
                "Three calls a patient",
                "The same order again",
            ),
            [
                ("Requests per second", "1,500 or more", *(f"{row.per_second:,.0f}" for row in rows)),
                ("Half of the answers within", "5 ms", *(f"{row.p50:.1f} ms" for row in rows)),
                ("99 of 100 answers within", "25 ms", *(f"{row.p99:.1f} ms" for row in rows)),
                (
                    "Requests per second, to those of a bare Flask view",
                    "0.35 or more",
                    *(f"{results.ratio(kind, 8):.2f}" for kind in kinds),
                ),
            ],
        ),
        "",
        *_table(
            ("Budget", "Bound", "Measured"),
            [
                ("CPU for a record of 1,000 resources", "10 ms", f"{thousand:.1f} ms"),
                ("Start-up, to the first answer", "2 s", f"{results.start_up['service']:.2f} s"),
                (
                    f"Memory of a worker after {last.requests:,} requests",
                    "120 MB, and flat",
                    f"{last.resident_mb:.0f} MB (at the start {start.resident_mb:.0f} MB)",
                ),
            ],
        ),
    ]


def _loads(results: Results) -> list[str]:
    lines = []
    for body in dict.fromkeys(row.body for row in results.rows):
        for clients in CLIENTS:
            ours, bare = results.row("service", body, clients), results.row("bare", body, clients)
            lines.append(
                (
                    body,
                    str(clients),
                    f"{ours.per_second:,.0f}",
                    f"{ours.p50:.1f} / {ours.p95:.1f} / {ours.p99:.1f}",
                    f"{ours.cpu_ms:.2f}",
                    f"{bare.per_second:,.0f}",
                    f"{bare.p50:.1f} / {bare.p95:.1f} / {bare.p99:.1f}",
                    f"{results.ratio(body, clients):.2f}",
                )
            )
    head = ("Body", "Clients", "Requests/s", "p50 / p95 / p99 ms", "CPU ms", "Bare: requests/s", "p50 / p95 / p99 ms")
    answers, wrong = (sum(getattr(row, name) for row in results.rows) for name in ("answers", "wrong"))
    client = max(row.client_cpu_ms for row in results.rows if row.body.startswith("17 KB"))
    return [
        *_table((*head, "Ratio"), lines),
        "",
        f"{answers:,} answers, {wrong} of them wrong. CPU: of all server processes, for one request. The client itself "
        f"needed at most {client:.3f} ms of CPU for a request of 17 KB; nothing was faster than the bare view, so "
        f"{max(row.per_second for row in results.rows):,.0f} requests per second are what it can send at least.",
    ]


def _fetches(results: Results) -> list[str]:
    lines = [
        (
            f"{each.delay_ms:g} ms",
            f"{each.waiting_per_second:.0f}",
            f"{each.waiting_p50:.0f} / {each.waiting_p99:.0f}",
            f"{each.rated:.0%}",
            f"{each.other_p50:.1f} / {each.other_p99:.1f}",
            f"{each.other_alone_p50:.1f} / {each.other_alone_p99:.1f}",
        )
        for each in results.fetched
    ]
    head = ("A FHIR server that takes", "Requests/s", "p50 / p99 ms", "Rated", "Another client: p50 / p99 ms", "Alone")
    return [
        *_table(head, lines),
        "",
        "Eight clients without any prefetch, each call of another patient, all nine keys fetched; at the same time "
        "another client with full prefetch, and that client alone. The FHIR server, too, runs on these processors.",
    ]


def _stages(results: Results) -> list[str]:
    lines = [(name, f"{ms:.3f}", f"{ms / results.stages.total_ms:.0%}") for name, ms in results.stages.stages.items()]
    total = ("In all", f"{results.stages.total_ms:.3f}", "")
    many = ("In all, each call of another patient", f"{results.many_patients_ms:.3f}", "")
    again = ("In all, the same order asked again", f"{results.asked_again_ms:.3f}", "")
    new = ("In all, where every text and such a patient are new", f"{results.unremembered_ms:.3f}", "")
    head = (f"Stage ({results.stages.body_bytes:,} bytes, one process, one patient)", "CPU ms", "Share")
    return _table(head, [*lines, total, many, again, new])


def _sizes(results: Results) -> list[str]:
    lines = [
        (
            f"{cost.resources:,}",
            f"{cost.body_bytes / 1000:,.0f}",
            f"{cost.total_ms:.2f}",
            f"{cost.total_ms / cost.resources * 1000:.1f}",
        )
        for cost in results.sizes
    ]
    return _table(("Resources", "KB", "CPU ms", "µs a resource"), lines)


def _table(head: Sequence[str], lines: Sequence[Sequence[str]]) -> list[str]:
    ruled = ["---", *("--:" for _ in head[1:])]
    return [f"| {' | '.join(line)} |" for line in (head, ruled, *lines)]


# --- the plot ---------------------------------------------------------------------------------------------------------
def _plot(results: Results) -> plt.Figure:
    plt.rcParams |= {
        "svg.hashsalt": "cds-service",
        "font.size": 9,
        "axes.spines.top": False,
        "axes.spines.right": False,
    }
    figure, (rates, sizes, memory) = plt.subplots(1, 3, figsize=(11, 3.4), layout="constrained")
    _plot_rates(rates, results)
    _plot_sizes(sizes, results)
    _plot_memory(memory, results)
    return figure


def _plot_rates(axes: Axes, results: Results) -> None:
    places = range(len(CLIENTS))
    for offset, target, body, colour in (
        (-0.28, "bare", ANEW, THEIRS),
        (0.0, "service", ANEW, OURS),
        (0.28, "service", AGAIN, AGAIN_COLOUR),
    ):
        rates = [results.row(target, body, clients).per_second for clients in CLIENTS]
        label = _LABELS[target] + (", the same order again" if body == AGAIN else "")
        bars = axes.bar([place + offset for place in places], rates, 0.27, color=colour, label=label)
        axes.bar_label(bars, [f"{rate:,.0f}" for rate in rates], fontsize=7)
    axes.axhline(1_500, color="black", linewidth=0.8, linestyle=":")
    axes.set_xticks(places, [f"{clients} client{'s' if clients > 1 else ''}" for clients in CLIENTS])
    axes.set_title("Requests per second, 17 KB (dotted: the bound)")
    axes.set_ylim(top=axes.get_ylim()[1] * 1.25)  # room for the legend
    axes.legend(frameon=False, fontsize=7, loc="upper left")


_LABELS = {"bare": "bare Flask view", "service": "this service"}


def _plot_sizes(axes: Axes, results: Results) -> None:
    counts = [cost.resources for cost in results.sizes]
    axes.loglog(counts, [cost.total_ms for cost in results.sizes], color=OURS, marker="o", markersize=4)
    axes.loglog(counts, [count / 100 for count in counts], color="black", linewidth=0.8, linestyle=":")
    axes.set_title("CPU ms for a record of so many resources\n(dotted: 10 ms for 1,000)")


def _plot_memory(axes: Axes, results: Results) -> None:
    requests = [each.requests for each in results.memory]
    axes.plot(requests, [each.resident_mb for each in results.memory], color=OURS, marker="o", markersize=4)
    axes.axhline(120, color="black", linewidth=0.8, linestyle=":")
    axes.set_ylim(0, 140)
    axes.set_title("Resident MB of a worker after so many requests\n(dotted: the bound)")
