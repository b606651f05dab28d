package import Catalog
package import RouteGridBase

extension CurvePicks {
    /// The point or mixture that a metric is read at; nil for one that is read off the whole curve.
    package func place(of metric: CurveMetric) -> Mix? {
        func whole(_ pick: Pick) -> Mix? {
            guard case .point(let point) = pick else { return nil }
            return Mix(from: point, to: point, share: 1)
        }
        switch metric.descriptor.reading {
        case .largest: return whole(.point(largest))
        case .peak: return whole(peak)
        case .parity: return whole(parity)
        case .kept(let share): return Self.keptShares.firstIndex(of: share).flatMap { whole(kept[$0]) }
        case .crossing(let share): return Self.recoveredShares.firstIndex(of: share).flatMap(mix)
        case .curve: return nil
        }
    }

    private func mix(_ number: Int) -> Mix? {
        guard case .mix(let mix) = crossings[number] else { return nil }
        return mix
    }

    /// Reads where a record's metrics were read; nil when the metric accuracy does not say it.
    ///
    /// - Parameters:
    ///   - result: the record's `result`; its points are not looked at.
    ///   - count: how many points it has.
    ///   - place: names the record in errors.
    /// - Throws: ``RouteGridError`` `badInput` when a point number is out of range.
    package init?(recorded result: JSONValue, count: Int, place: @autoclosure () -> String) throws(RouteGridError) {
        func number(_ value: JSONValue?, _ metric: CurveMetric) throws(RouteGridError) -> Int? {
            guard let number = value?.integerValue else { return nil }
            guard (0..<count).contains(number) else {
                let found = "metric \(metric.rawValue) is read at point \(number)"
                throw .badInput(place(), "\(found): expected 0 ..< \(count)")
            }
            return number
        }
        func why(_ metric: CurveMetric) -> String {
            result["metrics"]?[metric.rawValue]?["why"]?.stringValue ?? "the record does not say where it is read"
        }
        func pick(_ metric: CurveMetric) throws(RouteGridError) -> Pick {
            let point = try number(result["metrics"]?[metric.rawValue]?["at"], metric)
            return point.map(Pick.point) ?? .none(why: why(metric))
        }
        func crossing(_ metric: CurveMetric) throws(RouteGridError) -> Crossing {
            let field = result["metrics"]?[metric.rawValue]
            guard let to = try number(field?["at"], metric) else { return .none(why: why(metric)) }
            guard let share = field?["mix"]?.numberValue else { return .mix(Mix(from: to, to: to, share: 1)) }
            guard (0...1).contains(share) else {
                throw .badInput(place(), "metric \(metric.rawValue) mixes by \(share): expected 0…1")
            }
            return .mix(Mix(from: try number(field?["from"], metric), to: to, share: share))
        }
        guard let largest = try number(result["metrics"]?[CurveMetric.accuracy.rawValue]?["at"], .accuracy) else {
            return nil
        }
        var hull: [Int] = []
        for corner in result["reference"]?["dev"]?["hull"]?.arrayValue ?? [] {
            if let corner = try number(corner, .accuracy) { hull.append(corner) }
        }
        self.init(
            largest: largest,
            peak: try pick(.ps),
            parity: try pick(.qnc),
            kept: [try pick(.costAt95), try pick(.costAt98), try pick(.costAt100)],
            crossings: [try crossing(.cpt20), try crossing(.cpt50), try crossing(.cpt80)],
            hull: hull,
            isBound: result["reference"]?["bound"] == true
        )
    }
}

extension CurvePicks.Mix {
    /// Whether one point gets all queries: a metric then says `at` alone, else `mix` (the share of `at`) and `from` as
    /// well.
    package var isWhole: Bool { share == 1 }
}
