/// Finds the name a person most likely meant.
package enum NearestName {
    /// The nearest of `candidates` by edit distance, or nil when none is near (more than a third of the letters differ).
    package static func of(_ name: String, in candidates: some Sequence<String>) -> String? {
        let scored = candidates.map { (distance: editDistance(name.lowercased(), $0.lowercased()), name: $0) }
        guard let best = scored.min(by: { ($0.distance, $0.name) < ($1.distance, $1.name) }) else { return nil }
        return best.distance <= max(2, best.name.count / 3) ? best.name : nil
    }

    /// `"; did you mean "x"?"` or `"; known: a, b, c"`, to be appended to an error message.
    package static func hint(_ name: String, in candidates: [String]) -> String {
        if let near = of(name, in: candidates) { return "; did you mean \"\(near)\"?" }
        return "; known: \(candidates.joined(separator: ", "))"
    }

    private static func editDistance(_ left: String, _ right: String) -> Int {
        let (a, b) = (Array(left.utf8), Array(right.utf8))
        var previous = Array(0...b.count)
        for i in a.indices {
            var row = [i + 1]
            for j in b.indices {
                row.append(min(previous[j + 1] + 1, row[j] + 1, previous[j] + (a[i] == b[j] ? 0 : 1)))
            }
            previous = row
        }
        return previous[b.count]
    }
}
