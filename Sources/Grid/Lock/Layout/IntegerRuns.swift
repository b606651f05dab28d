import RouteGridBase

/// Whole numbers as runs of neighbours, so that a hundred thousand seeds take one pair of numbers in the lock.
struct IntegerRuns {
    private(set) var runs: [(first: Int, count: Int)] = []

    init(_ values: [Int]) {
        for value in values {
            if let last = runs.last, last.first &+ last.count == value {
                runs[runs.count - 1].count += 1
            } else {
                runs.append((value, 1))
            }
        }
    }

    /// Reads `[[first, count], …]`.
    ///
    /// - Throws: `badInput` for a number outside of the range, or for more numbers than the limit, before any is
    ///   unfolded.
    init(json: [JSONValue], within range: ClosedRange<Int>, atMost limit: Int, place: String) throws(RouteGridError) {
        var total = 0
        for run in json {
            guard let pair = run.arrayValue, pair.count == 2, let first = pair[0].integerValue,
                let count = pair[1].integerValue, count >= 1, range.contains(first),
                count - 1 <= range.upperBound - first
            else {
                throw .badInput(
                    place,
                    "expected pairs of a first number and a count, all numbers from \(range.lowerBound) to \(range.upperBound)"
                )
            }
            let (sum, isTooLarge) = total.addingReportingOverflow(count)
            guard !isTooLarge, sum <= limit else { throw .badInput(place, "expected at most \(limit) numbers") }
            total = sum
            runs.append((first, count))
        }
    }

    var values: [Int] { runs.flatMap { $0.first..<$0.first + $0.count } }
}
