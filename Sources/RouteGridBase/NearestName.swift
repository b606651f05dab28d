/// Finds the name a person most likely meant.
package enum NearestName {
    /// Names longer than this, in bytes, are compared with nothing, and candidates after so many are not looked at: a
    /// hint is for a slip of the hand, and must not take seconds.
    private static let longestName = 200
    private static let mostCandidates = 20_000
    /// How many names are listed when none is near.
    private static let mostListed = 20

    /// The nearest of `candidates` by edit distance, or nil when none is near (more than a third of the letters
    /// differ).
    package static func of(_ name: String, in candidates: some Sequence<String>) -> String? {
        guard name.utf8.count <= longestName else { return nil }
        let candidates = candidates.prefix(mostCandidates).filter {
            // The distance is at least the difference of the lengths.
            $0.utf8.count <= longestName && abs($0.utf8.count - name.utf8.count) <= max(2, $0.count / 3)
        }
        let scored = candidates.map { (distance: editDistance(name.lowercased(), $0.lowercased()), name: $0) }
        guard let best = scored.min(by: { ($0.distance, $0.name) < ($1.distance, $1.name) }) else { return nil }
        return best.distance <= max(2, best.name.count / 3) ? best.name : nil
    }

    /// `"; did you mean "x"?"` or `"; known: a, b, c"`, to be appended to an error message.
    package static func hint(_ name: String, in candidates: [String]) -> String {
        if let near = of(name, in: candidates) { return "; did you mean \"\(near)\"?" }
        let listed = candidates.prefix(mostListed).joined(separator: ", ")
        let rest = candidates.count - mostListed
        return "; known: \(listed)\(rest > 0 ? " and \(rest) more" : "")"
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
