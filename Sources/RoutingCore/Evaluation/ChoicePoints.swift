package import RoutingData

extension ItemOutcomes {
    /// Realised mean cost and accuracy of some choice vectors.
    ///
    /// - Parameter choices: `[points, items]` model numbers. Consecutive points that agree on most items are cheap.
    /// - Returns: one point for each row of `choices`.
    package func points(of choices: Matrix<UInt8>) -> [OperatingPoint] {
        precondition(choices.columns == items, "choices for \(choices.columns) items, outcomes of \(items)")
        var quality = CompensatedSum()
        var cost = CompensatedSum()
        var points: [OperatingPoint] = []
        points.reserveCapacity(choices.rows)
        for point in 0..<choices.rows {
            forEachChange(to: point, of: choices) { item, old, new in
                let cell = item * models + new
                quality.add(self.quality.elements[cell])
                cost.add(self.cost.elements[cell])
                guard let old else { return }
                let before = item * models + old
                quality.add(-self.quality.elements[before])
                cost.add(-self.cost.elements[before])
            }
            points.append(OperatingPoint(cost: cost.value / Double(items), accuracy: quality.value / Double(items)))
        }
        return points
    }

    /// How many of the items got a model without an outcome.
    func missingChosen(in choices: ArraySlice<UInt8>) -> Int {
        zip(0..., choices).count { isMissing[$0 * models + Int($1)] }
    }

    /// Calls `body` with each item whose model at a point differs from the one at the point before; with all of them, and
    /// no old model, at point 0.
    @inline(__always)
    func forEachChange(to point: Int, of choices: Matrix<UInt8>, _ body: (Int, Int?, Int) -> Void) {
        let columns = choices.columns
        choices.elements.withUnsafeBytes { bytes in
            let start = point * columns
            guard point > 0 else {
                for item in 0..<columns { body(item, nil, Int(bytes[item])) }
                return
            }
            var item = 0
            while item < columns {
                // Eight items at a time while nothing changes.
                if item + 8 <= columns {
                    let new = bytes.loadUnaligned(fromByteOffset: start + item, as: UInt64.self)
                    let old = bytes.loadUnaligned(fromByteOffset: start - columns + item, as: UInt64.self)
                    if new == old {
                        item += 8
                        continue
                    }
                }
                for place in item..<min(item + 8, columns) {
                    let (new, old) = (bytes[start + place], bytes[start - columns + place])
                    if new != old { body(place, Int(old), Int(new)) }
                }
                item += 8
            }
        }
    }
}
