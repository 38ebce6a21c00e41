"""Line charts as SVG, written by hand: no library is needed to repeat them."""

import math
import os
from html import escape

WIDTH, HEIGHT = 720, 420
LEFT, RIGHT, TOP, BOTTOM = 70, 170, 40, 50
COLOURS = ("#4c72b0", "#dd8452", "#55a868", "#c44e52", "#8172b3", "#937860", "#da8bc3", "#8c8c8c", "#ccb974", "#64b5cd")


class Axis:
    """Maps values to pixels, linear or logarithmic, and chooses where the ticks stand."""

    def __init__(self, values, begin, end, log):
        self.log = log and min(values) > 0
        low, high = (min(values), max(values)) if self.log else (min(0, *values), max(values))
        if low == high:
            low, high = (low / 2, high * 2) if self.log else (low, high + 1)
        self.low, self.high = low, high if self.log else high * 1.05
        self.begin, self.end = begin, end

    def at(self, value):
        if self.log:
            share = math.log(value / self.low) / math.log(self.high / self.low)
        else:
            share = (value - self.low) / (self.high - self.low)
        return self.begin + share * (self.end - self.begin)

    def ticks(self):
        if self.log:
            first, last = math.floor(math.log10(self.low)), math.ceil(math.log10(self.high))
            steps = (1, 2, 5) if last - first < 4 else (1,)
            values = [step * 10.0**power for power in range(first, last + 1) for step in steps]
        else:
            step = 10.0 ** math.floor(math.log10((self.high - self.low) / 4))
            step *= next(factor for factor in (1, 2, 5, 10) if (self.high - self.low) / (step * factor) <= 6)
            values = [step * i for i in range(math.ceil(self.low / step), math.floor(self.high / step) + 1)]
        return [value for value in values if self.low * 0.999 <= value <= self.high * 1.001]


def label(value):
    return f"{value:,.0f}" if value >= 10 or value == round(value) else f"{value:.3g}"


def text(x, y, words, anchor="middle", more=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" {more}>{escape(words)}</text>'


def line_chart(title, x_title, y_title, series, log_x=False, log_y=False):
    """`series`: name -> [(x, y)]. The SVG's text."""
    points = [point for line in series.values() for point in line]
    x = Axis([p[0] for p in points], LEFT, WIDTH - RIGHT, log_x)
    y = Axis([p[1] for p in points], HEIGHT - BOTTOM, TOP, log_y)
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        text(WIDTH / 2, 22, title, more='font-size="15"'),
        text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, x_title),
        text(18, (TOP + HEIGHT - BOTTOM) / 2, y_title, more=f'transform="rotate(-90 18 {(TOP + HEIGHT - BOTTOM) / 2:.1f})"'),
    ]
    for tick in y.ticks():
        out.append(f'<path d="M{LEFT} {y.at(tick):.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>')
        out.append(text(LEFT - 6, y.at(tick) + 4, label(tick), "end"))
    for tick in x.ticks():
        out.append(f'<path d="M{x.at(tick):.1f} {HEIGHT - BOTTOM}v5" stroke="#888"/>')
        out.append(text(x.at(tick), HEIGHT - BOTTOM + 18, label(tick)))
    out.append(f'<path d="M{LEFT} {TOP}V{HEIGHT - BOTTOM}H{WIDTH - RIGHT}" fill="none" stroke="#888"/>')
    for i, (name, line) in enumerate(series.items()):
        colour = COLOURS[i % len(COLOURS)]
        path = " ".join(f"{x.at(a):.1f},{y.at(b):.1f}" for a, b in line)
        out.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        out += [f'<circle cx="{x.at(a):.1f}" cy="{y.at(b):.1f}" r="3" fill="{colour}"/>' for a, b in line]
        out.append(f'<rect x="{WIDTH - RIGHT + 14}" y="{TOP + 20 * i}" width="12" height="12" fill="{colour}"/>')
        out.append(text(WIDTH - RIGHT + 32, TOP + 20 * i + 11, name, "start"))
    return "\n".join(out + ["</svg>", ""])


def series_of(loads, cells, names, group, x_of, y_metric):
    """Lines over the loads of a group; `x_of(load, cell)` says where a point stands."""
    series = {}
    for name in names:
        chosen = [(load, cells.get((load.name, name), {})) for load in loads if load.group == group]
        line = [(x_of(load, cell), cell[y_metric]) for load, cell in chosen if y_metric in cell]
        if line:
            series[name] = line
    return series


def write_plots(folder, loads, cells, names):
    """Writes what there are figures for; answers the file names."""

    def at_x(load, _):
        return load.x

    def at_p50(_, cell):
        return cell["latency_p50_ms"]

    cpu = "server_cpu_us_per_delivery"
    charts = [
        ("streams", "One event outstanding", "streams of one company", "server CPU per delivery, µs", at_x, cpu, True),
        ("burst", "Bursts of 16 events", "streams of one company", "server CPU per delivery, µs", at_x, cpu, True),
        ("companies", "The same streams over more companies", "companies", "server CPU per delivery, µs", at_x, cpu, True),
        ("linger", "Linger 0 to 5 ms, 16 events outstanding", "latency p50, ms", "server CPU per delivery, µs", at_p50, cpu, False),
    ]
    for route in ("get", "list", "snapshot", "write"):
        charts.append((route, f"Requests: {route}", "clients", "requests/s", at_x, "requests_per_s", True))
    written = []
    for group, title, x_title, y_title, x_of, metric, log_x in charts:
        series = series_of(loads, cells, names, group, x_of, metric)
        if not any(len(line) > 1 for line in series.values()):
            continue
        log_y = group in ("streams", "burst", "companies")
        name = f"{group}.svg"
        with open(os.path.join(folder, name), "w", encoding="utf-8") as out:
            out.write(line_chart(title, x_title, y_title, series, log_x, log_y))
        written.append(name)
    return written
