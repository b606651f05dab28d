package import RoutingData

extension ItemOutcomes {
    /// Realised mean cost and accuracy of some choice vectors.
    ///
    /// - Parameter choices: `[points, items]` model numbers. Consecutive points that agree on most items are cheap.
    /// - Returns: one point for each row of `choices`.
    package func points(of choices: Matrix<ModelNumber>) -> [OperatingPoint] {
        precondition(choices.columns == items, "choices for \(choices.columns) items, outcomes of \(items)")
        var quality = CompensatedSum()
        var cost = CompensatedSum()
        var points: [OperatingPoint] = []
        points.reserveCapacity(choices.rows)
        for point in 0..<choices.rows {
            forEachChange(to: point, of: choices) { item, old, new in
                quality.add(self.quality(of: new, on: item))
                cost.add(self.cost(of: new, on: item))
                guard let old else { return }
                quality.add(-self.quality(of: old, on: item))
                cost.add(-self.cost(of: old, on: item))
            }
            points.append(OperatingPoint(cost: cost.value / Double(items), accuracy: quality.value / Double(items)))
        }
        return points
    }

    /// How many of the items got a model without an outcome, or no answer.
    package func missingChosen(in choices: ArraySlice<ModelNumber>) -> Int {
        zip(0..., choices).count { Int($1) >= models || isMissing[$0 * models + Int($1)] }
    }

    /// Calls `body` with each item whose model at a point differs from the one at the point before; with all of them,
    /// and no old model, at point 0.
    @inline(__always)
    func forEachChange(to point: Int, of choices: Matrix<ModelNumber>, _ body: (Int, Int?, Int) -> Void) {
        let columns = choices.columns
        choices.elements.withUnsafeBufferPointer { numbers in
            let start = point * columns
            guard point > 0 else {
                for item in 0..<columns { body(item, nil, Int(numbers[item])) }
                return
            }
            let bytes = UnsafeRawBufferPointer(numbers)
            let width = MemoryLayout<ModelNumber>.stride
            typealias Lanes = SIMD8<ModelNumber>
            var item = 0
            while item < columns {
                // Eight items at a time while nothing changes.
                if item + Lanes.scalarCount <= columns {
                    let new = bytes.loadUnaligned(fromByteOffset: (start + item) * width, as: Lanes.self)
                    let old = bytes.loadUnaligned(fromByteOffset: (start - columns + item) * width, as: Lanes.self)
                    if new == old {
                        item += Lanes.scalarCount
                        continue
                    }
                }
                for place in item..<min(item + Lanes.scalarCount, columns) {
                    let (new, old) = (numbers[start + place], numbers[start - columns + place])
                    if new != old { body(place, Int(old), Int(new)) }
                }
                item += Lanes.scalarCount
            }
        }
    }
}
