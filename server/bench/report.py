"""How figures are told: a line a figure, the word "ratio" beside each ratio."""

from server.bench.load import Run

AIMS = {
    "store": "aim 0.5 of the bare writer",
    "records": "aim 0.2 of bare ASGI",
    "durable": "aim 0.5 of a bare durable writer",
    "litestar": "aim 0.5 of a bare durable writer",
    "live": "aim 0.85 of bare websockets",
    "picows": "aim 0.55 of the C server",
    "pull": "aim 0.5 of a bare app",
    "delta": "aim 0.2 of a bare app",
    "drain": "aim 0.5 of a bare durable writer",
    "first": "aim 0.5 of a bare app",
    "flat": "aim at most 1.2",
    "reconcile": "aim at most 1.3",
    "storm": "aim 0.3 of bare websockets",
    "rounds": "aim 0.2 of a bare keeper",
    "desk": "aim 0.1 of a bare query",
}


def heading(what: str) -> None:
    """The head of the table of a bench."""
    print(f"bench {what}\n  {'':<58}{'units/s':>10}{'p50 ms':>9}{'p99 ms':>9}{'CPU µs':>9}{'bytes':>8}{'RSS MiB':>9}")


def line(name: str, run: Run) -> None:
    """One figure: rate, delays, CPU and bytes a unit, and what the process held at the end."""
    delays = f"{run.percentile(50):>9.1f}{run.percentile(99):>9.1f}" if run.delays_ms else f"{'':>18}"
    size = f"{run.bytes / run.units:>8,.0f}" if run.bytes else f"{'':>8}"
    rss = f"{run.rss_kib / 1024:>9,.0f}" if run.rss_kib else ""
    print(f"  {name:<58}{run.rate:>10,.0f}{delays}{run.cpu_us:>9.1f}{size}{rss}".rstrip())


def fact(name: str, value: float, unit: str, aim: str) -> None:
    """One figure by itself."""
    print(f"  {name:<58}{value:>10,.2f} {unit} ({aim})")


def ratio(aim: str, ours: Run, ceiling: Run, of: str) -> None:
    """Our share of a ceiling, by CPU and by the clock."""
    print(f"  ratio {aim}: {ceiling.cpu_us / ours.cpu_us:.2f} of {of} by CPU, {ours.rate / ceiling.rate:.2f} by the clock ({AIMS[aim]})")


def growth(name: str, small: Run, large: Run, aim: str = "flat") -> None:
    """How much more a unit costs with much stored than with little."""
    print(f"  ratio flat, {name}: {large.cpu_us / small.cpu_us:.2f} of the cost with little stored, by CPU ({AIMS[aim]})")
