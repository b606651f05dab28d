import RouteGridBase

/// The rows of a table by sample id: for unique ids, and for side files that say more about the same samples.
struct SampleIndex {
    let table: CSVTable
    /// The id of each row.
    let ids: [String]
    private let rows: [String: Int]

    /// Reads a column of unique, non-empty ids.
    ///
    /// - Throws: `badInput` with file and line when the column is absent, or an id is empty or occurs twice.
    init(_ table: CSVTable, column name: String = "sample_id") throws(RouteGridError) {
        let column = try table.requiredColumn(name)
        var rows: [String: Int] = [:]
        var ids: [String] = []
        ids.reserveCapacity(table.count)
        rows.reserveCapacity(table.count)
        for row in 0..<table.count {
            let id = try table.text(row, column)
            guard !id.isEmpty else { throw table.failure(row, column, "empty: expected a sample id") }
            if let first = rows.updateValue(row, forKey: id) {
                let line = table.line(first)
                throw table.failure(row, column, "sample id \"\(id)\" occurs twice; first on line \(line)")
            }
            ids.append(id)
        }
        self.table = table
        self.ids = ids
        self.rows = rows
    }

    /// The rows of these samples, in their order.
    ///
    /// - Throws: `badInput` when a sample is not in the table.
    func rows(of samples: [String]) throws(RouteGridError) -> [Int] {
        var found: [Int] = []
        found.reserveCapacity(samples.count)
        for id in samples {
            guard let row = rows[id] else { throw .badInput(table.place, "no row for sample \"\(id)\"") }
            found.append(row)
        }
        return found
    }
}
