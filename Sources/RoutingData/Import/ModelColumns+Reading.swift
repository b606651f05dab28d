import RouteGridBase

/// Correctness and cost of every sample and model.
struct OutcomeMatrices {
    var quality: Matrix<Double>
    /// Nil when the table has no costs.
    var cost: Matrix<Double>?
}

/// Token counts of every sample and model.
struct TokenMatrices {
    var tokensIn: Matrix<Double>?
    var tokensOut: Matrix<Double>?
    var tokensTotal: Matrix<Double>?
}

/// How a table spells correctness.
package enum CorrectnessForm: String, CaseIterable, Sendable {
    /// Numbers from 0 to 1.
    case number
    /// Numbers, or `True` and `False`.
    case bool
}

extension ModelColumns {
    /// Reads both columns of every model, or the first alone when no model has a cost.
    ///
    /// - Parameter form: how correctness is spelled.
    /// - Returns: correctness and cost, NaN where both are empty.
    /// - Throws: `badInput` with file, line and column of all values that are not numbers, correctness outside 0…1,
    ///   costs outside ``ValueRange/cost``, and pairs of which one is empty.
    func outcomes(_ form: CorrectnessForm = .number) throws(RouteGridError) -> OutcomeMatrices {
        var problems = ProblemList()
        let hasCosts = has(.cost)
        var pairs: [(correct: Int, cost: Int?)] = []
        for model in models {
            let correct = problems.attempt { () throws(RouteGridError) in
                try requiredColumn(.correct, of: model, ending: "_correct")
            }
            let cost =
                !hasCosts
                ? nil
                : problems.attempt { () throws(RouteGridError) in
                    try requiredColumn(.cost, of: model, ending: "_cost")
                }
            if let correct { pairs.append((correct, cost)) }
        }
        try problems.throwIfAny()
        var quality = Matrix(repeating: Double.nan, rows: table.count, columns: models.count)
        var cost = hasCosts ? quality : nil
        for row in 0..<table.count {
            for (index, pair) in pairs.enumerated() {
                do throws(RouteGridError) {
                    let read = try outcome(row, pair.correct, pair.cost, form)
                    quality[row, index] = read.quality
                    cost?[row, index] = read.cost
                } catch {
                    problems.add(error)
                }
            }
        }
        try problems.throwIfAny()
        return OutcomeMatrices(quality: quality, cost: cost)
    }

    private func outcome(
        _ row: Int,
        _ correctColumn: Int,
        _ costColumn: Int?,
        _ form: CorrectnessForm
    ) throws(RouteGridError) -> (quality: Double, cost: Double) {
        let correct = try correctness(row, correctColumn, form)
        guard let costColumn else { return (correct ?? .nan, .nan) }
        let cost = try table.number(row, costColumn)
        if let cost, cost < 0 {
            throw table.failure(row, costColumn, "expected a cost of 0 or more, found \(shown(cost))")
        }
        if let cost, !ValueRange.cost.contains(cost) {
            throw table.failure(row, costColumn, "expected a cost of \(ValueRange.cost.words), found \(shown(cost))")
        }
        guard (correct == nil) == (cost == nil) else {
            let (empty, full) = correct == nil ? (correctColumn, costColumn) : (costColumn, correctColumn)
            let rule = "a missing outcome leaves both empty"
            throw table.failure(row, empty, "empty, but \"\(table.header[full])\" is not: \(rule)")
        }
        // A negative zero is 0.
        return ((correct ?? .nan) + 0, (cost ?? .nan) + 0)
    }

    private func correctness(
        _ row: Int,
        _ column: Int,
        _ form: CorrectnessForm
    ) throws(RouteGridError) -> Double? {
        if let truth = table.truth(row, column) {
            if form == .bool { return truth }
            let text = try table.text(row, column)
            let way = "--values bool reads True as 1 and False as 0"
            throw table.failure(row, column, "expected a number, found \"\(text)\"; \(way)")
        }
        guard let correct = try table.number(row, column) else { return nil }
        guard (0...1).contains(correct) else {
            throw table.failure(row, column, "expected correctness 0…1, found \(shown(correct))")
        }
        return correct
    }

    /// Reads the token counts of a pool of models.
    ///
    /// - Parameters:
    ///   - pool: the models of the outcomes; each row of the result has one count for each.
    ///   - rows: which row of this table belongs to each sample.
    /// - Returns: counts, NaN where a cell is empty or a model has no column.
    /// - Throws: `badInput` with all models of this table that are not in the pool, and all counts outside
    ///   ``ValueRange/tokens``.
    func tokens(of pool: [String], rows: [Int]) throws(RouteGridError) -> TokenMatrices {
        var problems = ProblemList()
        let known = Set(pool)
        for stranger in models where !known.contains(stranger) {
            problems.add(
                .badInput(
                    "\(table.place):1",
                    "model \"\(stranger)\" has no outcomes\(NearestName.hint(stranger, in: pool))"
                )
            )
        }
        let result = TokenMatrices(
            tokensIn: counts(.tokensIn, of: pool, rows: rows, &problems),
            tokensOut: counts(.tokensOut, of: pool, rows: rows, &problems),
            tokensTotal: counts(.tokensTotal, of: pool, rows: rows, &problems)
        )
        try problems.throwIfAny()
        return result
    }

    private func counts(
        _ role: Role,
        of pool: [String],
        rows: [Int],
        _ problems: inout ProblemList
    ) -> Matrix<Double>? {
        guard has(role) else { return nil }
        var matrix = Matrix<Double>(repeating: .nan, rows: rows.count, columns: pool.count)
        for (index, model) in pool.enumerated() {
            guard let column = column(role, of: model) else { continue }
            for (target, row) in rows.enumerated() {
                do throws(RouteGridError) {
                    matrix[target, index] = try count(row, column) ?? .nan
                } catch {
                    problems.add(error)
                }
            }
        }
        return matrix
    }

    private func count(_ row: Int, _ column: Int) throws(RouteGridError) -> Double? {
        guard let count = try table.number(row, column) else { return nil }
        guard count >= 0 else {
            throw table.failure(row, column, "expected a token count of 0 or more, found \(shown(count))")
        }
        guard ValueRange.tokens.contains(count) else {
            throw table.failure(
                row,
                column,
                "expected a token count of \(ValueRange.tokens.words), found \(shown(count))"
            )
        }
        return count + 0
    }

    private func shown(_ value: Double) -> String { JSONValue.shortestText(value) }
}
