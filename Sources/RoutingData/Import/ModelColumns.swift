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
    ///   - ignored: columns that the user wants left out, those of them that the table has.
    ///   - advice: what else than leaving an unknown column out there is.
    ///   - otherForm: what reads a table without any column of a model.
    /// - Throws: `badInput` with all columns that are none of these, all models whose names are refused, or when there
    ///   is no model.
    init(
        _ table: CSVTable,
        endings: [(String, Role)],
        others: Set<String>,
        ignored: Set<String>,
        advice: String? = nil,
        otherForm: String? = nil
    ) throws(RouteGridError) {
        var columns: [String: [Role: Int]] = [:]
        var problems = ProblemList()
        var unknown: [String] = []
        let place = "\(table.place):1"
        let known = others.union(ignored).union([""])
        for (index, name) in table.header.enumerated() where !known.contains(name) {
            guard let (ending, role) = endings.first(where: { name.hasSuffix($0.0) && name.count > $0.0.count }) else {
                unknown.append(name)
                continue
            }
            let model = String(name.dropLast(ending.count))
            if let other = columns[model]?[role] {
                problems.add(
                    .badInput(
                        place,
                        "model \"\(model)\" has two columns for one thing: \"\(table.header[other])\" and \"\(name)\""
                    )
                )
            } else if columns[model] == nil, let problem = NameRule.problem(model) {
                problems.add(.badInput(place, "column \"\(name)\": the model's name \"\(model)\" \(problem)"))
            }
            columns[model, default: [:]][role] = index
        }
        guard columns.count <= Dataset.modelLimit else {
            throw .badInput(place, "\(columns.count) models: expected at most \(Dataset.modelLimit) in one pool")
        }
        let models = columns.keys.sorted(by: Dataset.inCodePointOrder)
        let expected =
            "expected \(others.sorted().joined(separator: ", ")) or MODEL\(endings.map(\.0).joined(separator: ", MODEL")) "
            + "(\(advice.map { "\($0), " } ?? "")--ignore leaves a column out)"
        let hints = unknown.prefix(ProblemList.limit).map {
            Self.hint($0, models: models, endings: endings, others: others)
        }
        if let otherForm, models.isEmpty, !unknown.isEmpty, hints.allSatisfy(\.isEmpty) {
            throw .badInput(
                place,
                "no column of a model: expected columns MODEL\(endings.map(\.0).joined(separator: ", MODEL")); \(otherForm)"
            )
        }
        for (index, name) in unknown.enumerated() {
            problems.add(
                .badInput(place, "unknown column \"\(name)\"\(index < hints.count ? hints[index] : ""): \(expected)")
            )
        }
        if models.isEmpty, unknown.isEmpty {
            problems.add(
                .badInput(place, "no model: expected columns MODEL\(endings.map(\.0).joined(separator: " and MODEL"))")
            )
        }
        try problems.throwIfAny()
        self.table = table
        self.models = models
        self.columns = columns
    }

    /// `, did you mean "x"?` when a column that could be there is near.
    private static func hint(
        _ name: String,
        models: [String],
        endings: [(String, Role)],
        others: Set<String>
    ) -> String {
        let candidates = others.sorted() + models.prefix(2_000).flatMap { model in endings.map { model + $0.0 } }
        return NearestName.of(name, in: candidates).map { ", did you mean \"\($0)\"?" } ?? ""
    }

    func has(_ role: Role) -> Bool { columns.values.contains { $0[role] != nil } }

    func column(_ role: Role, of model: String) -> Int? { columns[model]?[role] }

    /// The column of a model, which must be there because another of its columns is.
    func requiredColumn(_ role: Role, of model: String, ending: String) throws(RouteGridError) -> Int {
        if let found = columns[model]?[role] { return found }
        let other = columns[model]?.values.min().map { table.header[$0] } ?? model
        throw .badInput("\(table.place):1", "column \"\(other)\" has no partner \"\(model)\(ending)\"")
    }

    /// Those of the wanted columns that no table has, as problems.
    static func absent(_ ignored: [String], in tables: [CSVTable]) -> [RouteGridError] {
        guard let first = tables.first else { return [] }
        return ignored.filter { name in !tables.contains { $0.column(name) != nil } }.map { name in
            .badInput("\(first.place):1", "no column \"\(name)\"\(NearestName.hint(name, in: first.header))")
        }
    }
}
