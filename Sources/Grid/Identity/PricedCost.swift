package import RouteGridBase
package import RoutingData

/// Costs made of token counts and the price rows that a key names.
package enum PricedCost {
    /// `tokens in × price in + tokens out × price out`, prices per million tokens, plus the price of a request.
    ///
    /// - Parameters:
    ///   - tokensIn: `[samples, models]`, NaN where a cell is missing.
    ///   - tokensOut: `[samples, models]`.
    ///   - prices: the blob that ``CostIdentity`` names: the rows of the pool's models.
    ///   - models: the pool, in the order of the columns.
    /// - Returns: `[samples, models]` in the sheet's unit; NaN where a count is.
    /// - Throws: ``RouteGridError`` `badInput` when a model has no price row, a price is not from 0 to 1e9, or a cost
    ///   is not finite.
    package static func matrix(
        tokensIn: Matrix<Double>,
        tokensOut: Matrix<Double>,
        prices: [UInt8],
        models: [String]
    ) throws(RouteGridError) -> Matrix<Double> {
        let place = "prices"
        let sheet = try JSONValue(parsing: prices, place: place)
        let rows = try models.mapThrowing { model throws(RouteGridError) in
            guard let row = sheet["models"]?[model], let input = row["in"]?.numberValue,
                let output = row["out"]?.numberValue, let request = row["request"]?.numberValue,
                [input, output, request].allSatisfy({ $0 >= 0 && $0 <= 1e9 })
            else { throw .badInput(place, "no price for model \"\(model)\", or none from 0 to 1e9") }
            return (input: input / 1e6, output: output / 1e6, request: request)
        }
        guard tokensIn.rows == tokensOut.rows, tokensIn.columns == models.count, tokensOut.columns == models.count
        else {
            throw .badInput(place, "token counts of another shape than the pool")
        }
        var cost = tokensIn
        for row in 0..<cost.rows {
            for (column, price) in rows.enumerated() {
                cost[row, column] =
                    tokensIn[row, column] * price.input + tokensOut[row, column] * price.output + price.request
            }
        }
        guard !cost.elements.contains(where: { $0.isInfinite || $0 < 0 }) else {
            throw .badInput(place, "token counts that give no finite cost of 0 or more")
        }
        return cost
    }
}
