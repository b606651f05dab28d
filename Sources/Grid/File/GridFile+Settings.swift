import Catalog
import RouteGridBase

/// Settings that are in no key.
extension GridFile {
    /// `null`, which is costs as imported, `{sheet: prices/2026-11-01.json}`, or a list of these: an axis.
    static func prices(_ node: GridNode?) throws(RouteGridError) -> [Placed<String?>] {
        guard let node else { return [Placed(value: nil, place: "prices")] }
        var found: [Placed<String?>] = []
        for element in try node.nonEmptyElements(of: "price sheet") {
            var sheet: String?
            if !element.isNull {
                let entry = try GridMapping(element, of: "null or {sheet: …}", keys: ["sheet"])
                sheet = try entry.required("sheet", "a price sheet").text("a price sheet")
            }
            guard !found.contains(where: { $0.value == sheet }) else {
                throw element.failure("\(sheet.map { "sheet \($0)" } ?? "null") is given twice")
            }
            found.append(Placed(value: sheet, place: element.place))
        }
        return found
    }

    /// `{metric: nauc_shared, on: dev, per: [dataset, split, router.kind]}`.
    static func select(_ node: GridNode?, mode: EvaluationMode) throws(RouteGridError) -> Placed<GridSelection>? {
        guard let node else { return nil }
        let entry = try GridMapping(node, of: "{metric: …, on: dev, per: […]}", keys: ["metric", "on", "per"])
        guard mode == .sound else {
            throw node.failure(
                "mode compat follows the benchmarks' code, which reads test with every setting: select needs mode sound"
            )
        }
        if let on = entry["on"], try on.text() != "dev" { throw on.failure("expected dev, found \(on.found)") }
        let metricNode = try entry.required("metric", "a metric's name")
        let metric = try metricNode.text()
        let known = MetricDescriptor.all.map(\.name)
        guard let descriptor = MetricDescriptor.named(metric) else {
            throw metricNode.failure("unknown metric \"\(metric)\"\(NearestName.hint(metric, in: known))")
        }
        guard descriptor.scope != .ownRange else {
            throw metricNode.failure(
                "\(metric) is taken over each router's own cost range and does not compare; use nauc_shared"
            )
        }
        guard descriptor.scope != .board else {
            throw metricNode.failure(
                "\(metric) exists on boards alone, where non-inferiority is shown; use cost_at_100 or qnc_gap"
            )
        }
        guard descriptor.scope != .beside else {
            throw metricNode.failure(
                "\(metric) is low also where the quality is low; use cost_at_100, which asks for the quality"
            )
        }
        let per = try entry["per"].mapThrowing { node throws(RouteGridError) in
            try names(node, known: SelectionField.names, what: "field")
        }
        let selection = GridSelection(metric: metric, per: per ?? ["dataset", "split", "router.kind"])
        return Placed(value: selection, place: node.place)
    }
}

extension GridStatistics {
    init(_ node: GridNode?) throws(RouteGridError) {
        self.init()
        guard let node else { return }
        let entry = try GridMapping(node, of: "settings", keys: ["bootstrap", "alpha", "cluster", "seed", "margin"])
        if let node = entry["bootstrap"] { bootstrap = try node.integer(GridRanges.bootstrap) }
        if let node = entry["alpha"] { alpha = try node.number(GridRanges.alpha) }
        if let node = entry["cluster"] { cluster = try node.choice() }
        if let node = entry["seed"] { seed = try node.integer(GridRanges.seed) }
        if let node = entry["margin"] { margin = try node.number(GridRanges.margin) }
    }
}

extension GridLimits {
    init(_ node: GridNode?) throws(RouteGridError) {
        self.init()
        guard let node else { return }
        let keys = ["cells", "fit_timeout", "cell_timeout", "retries", "crash_limit", "max_fails"]
        let entry = try GridMapping(node, of: "limits", keys: keys)
        if let node = entry["cells"] { cells = try node.integer(GridRanges.cells) }
        if let node = entry["fit_timeout"] { fitTimeoutMilliseconds = try node.milliseconds() }
        if let node = entry["cell_timeout"] { cellTimeoutMilliseconds = try node.milliseconds() }
        if let node = entry["retries"] { retries = try node.integer(GridRanges.retries) }
        if let node = entry["crash_limit"] { crashLimit = try node.integer(GridRanges.crashLimit) }
        if let node = entry["max_fails"] {
            let text = try node.text()
            if text.hasSuffix("%"), let percent = Double(text.dropLast()), GridRanges.percent.contains(percent) {
                maxFails = .percent(percent)
            } else if let count = Int(text), GridRanges.failures.contains(count) {
                maxFails = .count(count)
            } else {
                throw node.failure("expected a number of cells or a percentage such as 1%, found \(node.found)")
            }
        }
    }
}

extension GridResources {
    /// The memory goes to `limits` of the grid, which is what a lease carries.
    init(_ node: GridNode?, memory: inout UInt64) throws(RouteGridError) {
        self.init()
        guard let node else { return }
        let entry = try GridMapping(node, of: "resources", keys: ["cpus", "gpus", "memory"])
        if let node = entry["cpus"] { cpus = try node.integer(GridRanges.cpus) }
        if let node = entry["gpus"] { gpus = try node.integer(GridRanges.gpus) }
        if let node = entry["memory"] { memory = try node.byteCount() }
    }
}

extension GridNode {
    /// A duration such as `30m`.
    fileprivate func milliseconds() throws(RouteGridError) -> UInt64 {
        let units: [(String, Double)] = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)]
        guard let value = quantity(units), value.isFinite, value < 0x1p62, GridRanges.milliseconds.contains(Int(value))
        else {
            throw failure("expected a duration such as 90s, 30m or 2h, found \(found)")
        }
        return UInt64(value)
    }

    /// An amount of memory such as `2GiB`.
    fileprivate func byteCount() throws(RouteGridError) -> UInt64 {
        let units: [(String, Double)] = [
            ("KiB", 0x1p10), ("MiB", 0x1p20), ("GiB", 0x1p30), ("TiB", 0x1p40), ("KB", 1e3), ("MB", 1e6), ("GB", 1e9),
            ("TB", 1e12), ("B", 1),
        ]
        guard let value = quantity(units), value < 0x1p62, GridRanges.memoryBytes.contains(Int(value))
        else {
            throw failure("expected an amount of memory of at least 1 MiB such as 512MiB or 2GiB, found \(found)")
        }
        return UInt64(value)
    }

    private func quantity(_ units: [(name: String, factor: Double)]) -> Double? {
        guard let scalar, let unit = units.first(where: { scalar.hasSuffix($0.name) }),
            let number = Double(scalar.dropLast(unit.name.count)), number.isFinite
        else { return nil }
        return (number * unit.factor).rounded()
    }
}
