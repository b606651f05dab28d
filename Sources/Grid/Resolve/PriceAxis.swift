import RouteGridBase

/// The axis `prices` of a grid: its sheets, told apart by their labels.
struct PriceAxis {
    /// Nil = costs as imported.
    private(set) var sheets: [PriceSheet?]
    private let places: [String]

    /// - Throws: `badInput` as ``PriceSheet`` does.
    init(_ file: GridFile) throws(RouteGridError) {
        places = file.prices.map(\.place)
        sheets = try file.prices.mapThrowing { value throws(RouteGridError) in
            try value.value.mapThrowing { sheet throws(RouteGridError) in
                try PriceSheet(file: sheet, relativeTo: file.path)
            }
        }
        let labels = sheets.map { $0?.label }
        for place in sheets.indices where labels.count(where: { $0 == labels[place] }) > 1 {
            sheets[place]?.nameContent()
        }
    }

    /// Refuses values that stand for the same costs: their cells would be one cell, under one of the labels.
    ///
    /// - Parameter tables: all of the grid.
    /// - Throws: `badInput` with the places of both.
    func check(_ tables: [GridTable]) throws(RouteGridError) {
        let costs = sheets.indices.map { first in
            stride(from: first, to: tables.count, by: sheets.count).map { tables[$0].cost }
        }
        for place in sheets.indices {
            guard let other = costs[..<place].firstIndex(of: costs[place]) else { continue }
            throw .badInput(
                places[place],
                "gives every dataset the costs that \(places[other]) gives it; leave one of them out"
            )
        }
    }
}
