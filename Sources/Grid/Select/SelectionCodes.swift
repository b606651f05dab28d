import Catalog
import RoutingData

/// Small numbers for the values that `select.per` keeps apart.
struct SelectionCodes: Sendable {
    /// Where a cell stands.
    struct Place {
        var block: Int
        var router: Int
        var table: Int
        var split: Int
        var modality: ModalityCode
        var encoder: Int?
        var fusion: Int?
        var rule: BudgetRule
    }

    private let datasets: [Int]
    private let pools: [Int]
    private let prices: [Int]
    private let splits: [Int]
    /// Equal where dev values of splits may be averaged before the choice: see ``Split/sharing(of:)``.
    private let sharing: [Int]
    private let kinds: [Int]
    private let isBound: [Bool]

    init(_ contents: GridLockContents) {
        func firsts<Value: Hashable>(_ values: [Value]) -> [Int] {
            var known: [Value: Int] = [:]
            return values.enumerated().map { index, value in
                let first = known[value] ?? index
                known[value] = first
                return first
            }
        }
        datasets = firsts(contents.axes.tables.map(\.dataset))
        pools = firsts(contents.axes.tables.map(\.pool))
        prices = contents.axes.tables.indices.map { $0 % contents.axes.priceCount }
        splits = firsts(contents.axes.splits.map(\.kind))
        sharing = Split.sharing(of: contents.axes.splits)
        kinds = firsts(contents.blocks.map(\.kind))
        isBound = contents.blocks.map { RouterCatalog.bounds.contains($0.kind) }
    }

    /// Equal for cells whose configurations compete with each other; bounds compete with nobody but themselves.
    ///
    /// Whatever `fields` name, splits whose dev rows are test rows of each other are kept apart, and so are prices:
    /// nobody pays the mean of two sheets.
    func contest(_ place: Place, fields: [SelectionField]) -> [Int] {
        let isApart = isBound[place.block] && !fields.contains(.routerKind) && !fields.contains(.router)
        var key = [isApart ? 1 : 0, sharing[place.split], prices[place.table]]
        for field in fields {
            switch field {
            case .dataset: key.append(datasets[place.table])
            case .models: key.append(pools[place.table])
            case .split: key.append(splits[place.split])
            case .splitIndex: key.append(place.split)
            case .rule: key.append(BudgetRule.allCases.firstIndex(of: place.rule) ?? 0)
            case .routerKind: key.append(kinds[place.block])
            case .router: key.append(place.router)
            case .modality:
                key.append(Self.number(place.modality.train))
                key.append(Self.number(place.modality.test))
            case .encoder: key.append(place.encoder ?? -1)
            case .fusion: key.append(place.fusion ?? -1)
            }
        }
        return key
    }

    private static func number(_ modality: Modality?) -> Int {
        modality.flatMap { Modality.allCases.firstIndex(of: $0) } ?? -1
    }
}
