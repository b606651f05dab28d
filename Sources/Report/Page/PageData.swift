import RouteGridBase

/// What the script of a report computes with: of each row the points that can have the lowest bill.
struct PageData {
    private let board: ReportBoard

    init(_ board: ReportBoard) { self.board = board }

    /// JSON that cannot end the element it stands in.
    var json: String {
        let tables: [JSONValue] = board.tables.compactMap { table in
            let (prices, pairs) = (BillSection.prices(table), PairSection.json(table))
            guard prices != nil || pairs != nil else { return nil }
            let unit = table.costUnit
            return [
                "id": .string(table.identity), "factor": .double(unit.factor),
                "unit": .string(SafeText.line(unit.short)),
                "money": .string(unit.factor == 1 ? SafeText.line(unit.short) : "US dollars"),
                "prices": prices.map { [.double($0.low), .double($0.high)] } ?? .null, "pairs": pairs ?? .null,
                "rows": .array(
                    prices == nil
                        ? []
                        : table.competitors.map { row in
                            [
                                "name": .string(SafeText.line(row.label)),
                                "points": .array(row.curve.corners.map { [.double($0.cost), .double($0.accuracy)] }),
                            ]
                        }
                ),
            ]
        }
        let value: JSONValue = ["tables": .array(tables), "plot": .string(PlotStyle.standalone)]
        return value.jsonText.replacing("<", with: "\\u003c").replacing(">", with: "\\u003e").replacing(
            "&",
            with: "\\u0026"
        )
    }
}
