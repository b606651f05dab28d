import RouteGridBase

/// Who the samples of an import are: dataset, group, question and image, from the table itself or a side table.
struct SampleFacts {
    /// The sample ids, in row order.
    let ids: [String]
    /// The table that the samples are rows of, if there is one.
    let table: CSVTable?
    /// A table with `sample_id` that says more about them.
    let side: (table: CSVTable, rows: [Int])?
    /// What error messages call the source of the samples.
    let place: String

    /// Joins a side table.
    ///
    /// - Throws: `badInput` when the side table lacks a sample.
    init(
        ids: [String],
        table: CSVTable?,
        meta: String?,
        format: TableFormat = TableFormat(),
        place: String
    ) throws(RouteGridError) {
        self.ids = ids
        self.table = table
        self.place = place
        side = try meta.map { path throws(RouteGridError) in
            let index = try SampleIndex(try CSVTable(importing: path, format: format))
            return (index.table, try index.rows(of: ids))
        }
    }

    /// The texts of a column of either table, or nil when neither has it.
    func texts(_ name: String) throws(RouteGridError) -> [String]? {
        if let table, let column = table.column(name) {
            return try (0..<table.count).map { row throws(RouteGridError) in try table.text(row, column) }
        }
        guard let side, let column = side.table.column(name) else { return nil }
        return try side.rows.map { row throws(RouteGridError) in try side.table.text(row, column) }
    }

    /// Like ``texts(_:)``, without blanks around them; refuses empty cells.
    private func filledTexts(_ name: String) throws(RouteGridError) -> [String]? {
        guard let found = try texts(name)?.map(\.withoutOuterBlanks) else { return nil }
        var problems = ProblemList()
        for (row, text) in found.enumerated() where text.isEmpty {
            problems.add(.badInput(place, "sample \"\(ids[row])\" has an empty \(name)"))
        }
        try problems.throwIfAny()
        return found
    }

    /// The samples.
    ///
    /// `group` names the column that groups come from; without it `group` is taken when it is there, else every sample
    /// stands alone. `dataset` gives a sample's dataset where no column says it.
    ///
    /// - Throws: `badInput` when the group's column is absent, or a dataset or group is empty.
    func samples(group: String?, dataset: (String) -> String) throws(RouteGridError) -> [DatasetSample] {
        let groups = try filledTexts(group ?? "group")
        if let group, groups == nil {
            let known = (table?.header ?? []) + (side?.table.header ?? [])
            let searched = side?.table.place ?? place
            throw .badInput(searched, "no column \"\(group)\" to group by\(NearestName.hint(group, in: known))")
        }
        let (datasets, questions, images) = (try filledTexts("dataset"), try texts("question"), try texts("image"))
        return ids.indices.map { row in
            DatasetSample(
                sample: Sample(
                    id: ids[row],
                    dataset: datasets?[row] ?? dataset(ids[row]),
                    group: groups?[row] ?? ids[row]
                ),
                question: questions?[row] ?? "",
                image: images?[row] ?? ""
            )
        }
    }

    /// What a group is, for `dataset.json`.
    func groupName(_ group: String?) -> String {
        if let group { return group }
        let hasColumn = table?.column("group") != nil || side?.table.column("group") != nil
        return hasColumn ? "group" : "sample_id"
    }
}
