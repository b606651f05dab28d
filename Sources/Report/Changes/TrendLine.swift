/// A small plot of one number over nights, oldest first.
package struct TrendLine: Sendable {
    /// A night's number; nil where the night has none.
    package struct Point: Sendable {
        package let value: Double
        package let interval: (low: Double, high: Double)?
        package let isAlarm: Bool

        package init(value: Double, interval: (low: Double, high: Double)?, isAlarm: Bool) {
            (self.value, self.interval, self.isAlarm) = (value, interval, isAlarm)
        }
    }

    private let points: [Point?]
    private let reference: Int?
    private let title: String

    /// - Parameters:
    ///   - points: One a night.
    ///   - reference: The night whose interval is drawn as a band.
    ///   - title: For who cannot see it.
    package init(_ points: [Point?], reference: Int?, title: String) {
        (self.points, self.reference, self.title) = (points, reference, title)
    }

    private static let (width, height, margin) = (220.0, 44.0, 5.0)

    /// Markup; nothing where no night has a number.
    package var markup: String {
        let known = points.compactMap(\.self)
        let ends = known.flatMap { [$0.value, $0.interval?.low, $0.interval?.high].compactMap(\.self) }
        guard let least = ends.min(), let most = ends.max() else { return "" }
        let span = most - least > 0 ? most - least : 1
        func x(_ place: Int) -> Double {
            let share = points.count > 1 ? Double(place) / Double(points.count - 1) : 0.5
            return Self.margin + share * (Self.width - 2 * Self.margin)
        }
        func y(_ value: Double) -> Double {
            let middle = most == least ? 0.5 : (most - value) / span
            return Self.margin + middle * (Self.height - 2 * Self.margin)
        }
        var out = Markup.element("title", [], Markup.text(title))
        if let reference, points.indices.contains(reference), let interval = points[reference]?.interval {
            out += Markup.element(
                "rect",
                [
                    ("class", "band"), ("x", "0"), ("y", Numbers.coordinate(y(interval.high))),
                    ("width", Numbers.coordinate(Self.width)),
                    ("height", Numbers.coordinate(y(interval.low) - y(interval.high))),
                ]
            )
        }
        let line = points.indices.compactMap { place in
            points[place].map { "\(Numbers.coordinate(x(place))),\(Numbers.coordinate(y($0.value)))" }
        }
        out += Markup.element("polyline", [("class", "line"), ("points", line.joined(separator: " "))])
        let last = points.lastIndex { $0 != nil }
        for (place, point) in points.enumerated() {
            guard let point, point.isAlarm || place == last else { continue }
            out += Markup.element(
                "circle",
                [
                    ("class", point.isAlarm ? "alarm" : "mark"), ("cx", Numbers.coordinate(x(place))),
                    ("cy", Numbers.coordinate(y(point.value))), ("r", point.isAlarm ? "4" : "3"),
                ]
            )
        }
        let box = "0 0 \(Int(Self.width)) \(Int(Self.height))"
        return Markup.element("svg", [("class", "spark"), ("viewBox", box), ("role", "img")], out)
    }
}
