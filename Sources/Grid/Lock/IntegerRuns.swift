import RouteGridBase

/// Whole numbers as runs of neighbours, so that a hundred thousand seeds take one pair of numbers in the lock.
struct IntegerRuns {
    private(set) var runs: [(first: Int, count: Int)] = []

    init(_ values: [Int]) {
        for value in values {
            if let last = runs.last, last.first + last.count == value {
                runs[runs.count - 1].count += 1
            } else {
                runs.append((value, 1))
            }
        }
    }

    /// Reads `[[first, count], …]`.
    init(json: [JSONValue], place: String) throws(RouteGridError) {
        for run in json {
            guard let pair = run.arrayValue, pair.count == 2, let first = pair[0].integerValue,
                let count = pair[1].integerValue, (1...100_000_000).contains(count), abs(first) < 1 << 40
            else { throw .badInput(place, "expected pairs of a first number and a count") }
            runs.append((first, count))
        }
    }

    var values: [Int] { runs.flatMap { $0.first..<$0.first + $0.count } }
}
