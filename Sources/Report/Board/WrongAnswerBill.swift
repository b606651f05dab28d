/// Which row has the lowest bill for each price of a wrong answer: bill(p) = cost + p · (1 − accuracy).
struct WrongAnswerBill {
    /// A range of prices and who wins there.
    struct Stretch {
        /// From this price on.
        let from: Double
        /// Up to this one; nil for all above.
        let upTo: Double?
        let row: Int
        let cost: Double
        let accuracy: Double
    }

    let stretches: [Stretch]

    /// - Parameter rows: Those that compete.
    init(_ rows: [ReportRow]) {
        let points = rows.flatMap { row in row.curve.corners.map { (row: row.number, point: $0) } }
            .sorted { left, right in
                if left.point.cost != right.point.cost { return left.point.cost < right.point.cost }
                if left.point.accuracy != right.point.accuracy { return left.point.accuracy > right.point.accuracy }
                return left.row < right.row
            }
        // The lower envelope of lines over the price is the concave hull of accuracy over cost.
        var hull: [(row: Int, point: ReportCurve.Point)] = []
        func price(_ a: ReportCurve.Point, _ b: ReportCurve.Point) -> Double {
            (b.cost - a.cost) / (b.accuracy - a.accuracy)
        }
        for next in points where hull.last.map({ next.point.accuracy > $0.point.accuracy }) ?? true {
            while hull.count > 1,
                price(hull[hull.count - 2].point, hull[hull.count - 1].point)
                    >= price(hull[hull.count - 1].point, next.point)
            {
                hull.removeLast()
            }
            hull.append(next)
        }
        var stretches: [Stretch] = []
        for (number, entry) in hull.enumerated() {
            let from = number == 0 ? 0 : price(hull[number - 1].point, entry.point)
            let upTo = number + 1 < hull.count ? price(entry.point, hull[number + 1].point) : nil
            stretches.append(
                Stretch(
                    from: from,
                    upTo: upTo,
                    row: entry.row,
                    cost: entry.point.cost,
                    accuracy: entry.point.accuracy
                )
            )
        }
        self.stretches = stretches
    }

    /// The stretches with neighbours of one row joined; cost and accuracy are those at its highest price.
    var byRow: [Stretch] {
        var joined: [Stretch] = []
        for stretch in stretches {
            if let last = joined.last, last.row == stretch.row {
                joined[joined.count - 1] = Stretch(
                    from: last.from,
                    upTo: stretch.upTo,
                    row: stretch.row,
                    cost: stretch.cost,
                    accuracy: stretch.accuracy
                )
            } else {
                joined.append(stretch)
            }
        }
        return joined
    }
}
