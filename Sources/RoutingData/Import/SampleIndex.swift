import RouteGridBase

/// The rows of a table by sample id: for unique ids, and for side files that say more about the same samples.
struct SampleIndex {
    let table: CSVTable
    /// The id of each row.
    let ids: [String]
    private let rows: [String: Int]

    /// Reads a column of unique, non-empty ids.
    ///
    /// - Throws: `badInput` when the column is absent, or with file and line of all ids that are empty, begin or end
    ///   with a blank, or occur twice.
    init(_ table: CSVTable, column name: String = "sample_id") throws(RouteGridError) {
        let column = try table.requiredColumn(name)
        var rows: [String: Int] = [:]
        var ids: [String] = []
        var problems = ProblemList()
        ids.reserveCapacity(table.count)
        rows.reserveCapacity(table.count)
        for row in 0..<table.count {
            let id = try table.text(row, column)
            if id.isEmpty {
                problems.add(table.failure(row, column, "empty: expected a sample id"))
            } else if id.withoutOuterBlanks != id {
                problems.add(table.failure(row, column, "the sample id \"\(id)\" has blanks at its ends"))
            } else if let first = rows.updateValue(row, forKey: id) {
                problems.add(
                    table.failure(
                        row,
                        column,
                        "sample id \"\(id)\" occurs twice; first on line \(table.line(first))"
                    )
                )
            }
            ids.append(id)
        }
        try problems.throwIfAny()
        self.table = table
        self.ids = ids
        self.rows = rows
    }

    /// The rows of these samples, in their order.
    ///
    /// - Throws: `badInput` with all samples that are not in the table.
    func rows(of samples: [String]) throws(RouteGridError) -> [Int] {
        var found: [Int] = []
        found.reserveCapacity(samples.count)
        var problems = ProblemList()
        for id in samples {
            if let row = rows[id] {
                found.append(row)
            } else {
                problems.add(.badInput(table.place, "no row for sample \"\(id)\""))
            }
        }
        try problems.throwIfAny()
        return found
    }
}
