import RouteGridBase

/// Which columns of a table belong to which model, by the ends of their names.
struct ModelColumns {
    /// What a column says about one model.
    enum Role: Hashable { case correct, cost, tokensIn, tokensOut, tokensTotal, text }

    static let outcomeEndings: [(String, Role)] = [
        ("_correct", .correct), ("_cost", .cost),
    ]
    static let tokenEndings: [(String, Role)] = [
        ("_tokens_in", .tokensIn), ("_tokens_out", .tokensOut), ("_tokens_total", .tokensTotal),
        ("_tok_in", .tokensIn), ("_tok_out", .tokensOut), ("_tok_total", .tokensTotal),
    ]
    static let mmrBenchEndings: [(String, Role)] = [
        ("_correct", .correct), ("_cost", .cost), ("_token", .tokensOut), ("_prediction", .text),
    ]

    let table: CSVTable
    /// In code-point order.
    let models: [String]
    /// Column numbers by model, then by role.
    private let columns: [String: [Role: Int]]

    /// Sorts the columns of a table.
    ///
    /// - Parameters:
    ///   - table: the table.
    ///   - endings: what the names of model columns end in.
    ///   - others: columns that are not about one model and are known.
    ///   - ignored: columns that the user wants left out.
    /// - Throws: `badInput` when a column is none of these, an ignored one is absent, or there is no model.
    init(
        _ table: CSVTable,
        endings: [(String, Role)],
        others: Set<String>,
        ignored: [String]
    ) throws(RouteGridError) {
        var columns: [String: [Role: Int]] = [:]
        for name in ignored { _ = try table.requiredColumn(name) }
        for (index, name) in table.header.enumerated() where !others.contains(name) && !ignored.contains(name) {
            guard let (ending, role) = endings.first(where: { name.hasSuffix($0.0) && name.count > $0.0.count }) else {
                throw .badInput(
                    "\(table.place):1",
                    "unknown column \"\(name)\": expected \(others.sorted().joined(separator: ", ")) or "
                        + "MODEL\(endings.map(\.0).joined(separator: ", MODEL")) (--ignore leaves a column out)"
                )
            }
            let model = String(name.dropLast(ending.count))
            if let other = columns[model]?[role] {
                throw .badInput(
                    "\(table.place):1",
                    "model \"\(model)\" has two columns for one thing: \"\(table.header[other])\" and \"\(name)\""
                )
            }
            columns[model, default: [:]][role] = index
        }
        guard !columns.isEmpty else {
            throw .badInput(
                "\(table.place):1",
                "no model: expected columns MODEL\(endings.map(\.0).joined(separator: " and MODEL"))"
            )
        }
        self.table = table
        self.columns = columns
        models = columns.keys.sorted(by: Dataset.inCodePointOrder)
    }

    func has(_ role: Role) -> Bool { columns.values.contains { $0[role] != nil } }

    func column(_ role: Role, of model: String) -> Int? { columns[model]?[role] }

    /// The column of a model, which must be there because another of its columns is.
    func requiredColumn(_ role: Role, of model: String, ending: String) throws(RouteGridError) -> Int {
        if let found = columns[model]?[role] { return found }
        let other = columns[model]?.values.min().map { table.header[$0] } ?? model
        throw .badInput("\(table.place):1", "column \"\(other)\" has no partner \"\(model)\(ending)\"")
    }
}
