import RouteGridBase

/// Correctness and cost of every sample and model.
struct OutcomeMatrices {
    var quality: Matrix<Double>
    var cost: Matrix<Double>
}

/// Token counts of every sample and model.
struct TokenMatrices {
    var tokensIn: Matrix<Double>?
    var tokensOut: Matrix<Double>?
    /// Samples whose total is not the sum of in and out, by model; empty when no totals are given.
    var wrongTotals: [String: Int] = [:]
}

extension ModelColumns {
    /// Reads both columns of every model.
    ///
    /// - Throws: `badInput` with file, line and column when a value is not a number, correctness is outside 0…1, a cost
    ///   is negative, or one of a pair is empty.
    func outcomes() throws(RouteGridError) -> OutcomeMatrices {
        var result = OutcomeMatrices(
            quality: Matrix(repeating: .nan, rows: table.count, columns: models.count),
            cost: Matrix(repeating: .nan, rows: table.count, columns: models.count)
        )
        var pairs: [(correct: Int, cost: Int)] = []
        for model in models {
            pairs.append(
                (
                    try requiredColumn(.correct, of: model, ending: "_correct"),
                    try requiredColumn(.cost, of: model, ending: "_cost")
                )
            )
        }
        for row in 0..<table.count {
            for (index, pair) in pairs.enumerated() {
                let correct = try table.number(row, pair.correct)
                let cost = try table.number(row, pair.cost)
                if let correct, !(0...1).contains(correct) {
                    throw table.failure(row, pair.correct, "expected correctness 0…1, found \(shown(correct))")
                }
                if let cost, cost < 0 {
                    throw table.failure(row, pair.cost, "expected a cost of 0 or more, found \(shown(cost))")
                }
                guard (correct == nil) == (cost == nil) else {
                    let (empty, full) = correct == nil ? (pair.correct, pair.cost) : (pair.cost, pair.correct)
                    let rule = "a missing outcome leaves both empty"
                    throw table.failure(row, empty, "empty, but \"\(table.header[full])\" is not: \(rule)")
                }
                result.quality[row, index] = correct ?? .nan
                result.cost[row, index] = cost ?? .nan
            }
        }
        return result
    }

    /// Reads the token counts of a pool of models.
    ///
    /// - Parameters:
    ///   - pool: the models of the outcomes; each row of the result has one count for each.
    ///   - rows: which row of this table belongs to each sample.
    /// - Returns: counts, NaN where a cell is empty or a model has no column.
    /// - Throws: `badInput` when a model of this table is not in the pool, or a count is negative or no number.
    func tokens(of pool: [String], rows: [Int]) throws(RouteGridError) -> TokenMatrices {
        if let stranger = models.first(where: { !pool.contains($0) }) {
            throw .badInput(
                "\(table.place):1",
                "model \"\(stranger)\" has no outcomes\(NearestName.hint(stranger, in: pool))"
            )
        }
        var result = TokenMatrices()
        if has(.tokensIn) { result.tokensIn = try counts(.tokensIn, of: pool, rows: rows) }
        if has(.tokensOut) { result.tokensOut = try counts(.tokensOut, of: pool, rows: rows) }
        guard let tokensIn = result.tokensIn, let tokensOut = result.tokensOut, has(.tokensTotal) else { return result }
        let totals = try counts(.tokensTotal, of: pool, rows: rows)
        for (column, model) in pool.enumerated() {
            result.wrongTotals[model] = rows.indices.count { row in
                let parts = tokensIn[row, column] + tokensOut[row, column]
                return !parts.isNaN && !totals[row, column].isNaN && parts != totals[row, column]
            }
        }
        return result
    }

    private func counts(_ role: Role, of pool: [String], rows: [Int]) throws(RouteGridError) -> Matrix<Double> {
        var matrix = Matrix<Double>(repeating: .nan, rows: rows.count, columns: pool.count)
        for (index, model) in pool.enumerated() {
            guard let column = column(role, of: model) else { continue }
            for (target, row) in rows.enumerated() {
                guard let count = try table.number(row, column) else { continue }
                guard count >= 0 else {
                    throw table.failure(row, column, "expected a token count of 0 or more, found \(shown(count))")
                }
                matrix[target, index] = count
            }
        }
        return matrix
    }

    private func shown(_ value: Double) -> String { JSONValue.shortestText(value) }
}
