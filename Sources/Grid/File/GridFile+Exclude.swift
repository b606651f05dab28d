import Catalog
import RouteGridBase
import RoutingData

extension GridFile {
    private static let clauseKeys = [
        "dataset", "models", "encoder", "split", "modality", "fusion", "router", "seed", "budget",
    ]

    /// `exclude`: an entry with several routers becomes one clause for each.
    static func exclude(_ node: GridNode, datasets: [String]) throws(RouteGridError) -> [Placed<ExcludeClause>] {
        var clauses: [Placed<ExcludeClause>] = []
        for node in node.elements {
            let entry = try GridMapping(node, of: "fields such as {dataset: …, modality: …}", keys: clauseKeys)
            guard !entry.entries.isEmpty else { throw node.failure("expected at least one field: this excludes all") }
            let clause = try clause(entry, datasets: datasets)
            if let routers = entry["router"] {
                for node in try routers.nonEmptyElements(of: "router") {
                    var copy = clause
                    copy.router = try pattern(node)
                    clauses.append(Placed(value: copy, place: node.place))
                }
            } else {
                clauses.append(Placed(value: clause, place: node.place))
            }
        }
        guard clauses.count <= ExcludeClause.limit else {
            throw node.failure("expected at most \(ExcludeClause.limit) entries; put values into lists")
        }
        return clauses
    }

    private static func clause(_ entry: GridMapping, datasets: [String]) throws(RouteGridError) -> ExcludeClause {
        var clause = ExcludeClause()
        if let node = entry["dataset"] { clause.datasets = try names(node, known: datasets, what: "dataset") }
        if let node = entry["models"] {
            clause.models = try node.nonEmptyElements(of: "pool").mapThrowing { node throws(RouteGridError) in
                try node.text("a pool such as all or without MODEL")
            }
        }
        if let node = entry["encoder"] {
            clause.encoders = try node.nonEmptyElements(of: "encoder").mapThrowing { node throws(RouteGridError) in
                try encoderPair(node)
            }
        }
        if let node = entry["split"] {
            let kinds = node.isMapping ? try GridMapping(node, of: "a split", keys: ["kind", "index"]) : nil
            if let node = kinds == nil ? node : kinds?["kind"] {
                clause.splits = try names(node, known: Split.kindNames, what: "split")
            }
            if let node = kinds?["index"] {
                clause.splitIndices = try integers(node, range: Split.indexRange, what: "index")
            }
        }
        if let node = entry["modality"] { clause.modalities = try modalityPatterns(node) }
        if let node = entry["fusion"] {
            clause.fusions = try names(node, known: FusionCatalog.descriptors.map(\.kind), what: "fusion")
        }
        if let node = entry["seed"] { clause.seeds = try integers(node, range: GridRanges.seed, what: "seed") }
        if let node = entry["budget"] {
            clause.budgets = try node.nonEmptyElements(of: "budget").mapThrowing { node throws(RouteGridError) in
                try Budget(json: node.json, place: node.place)
            }
        }
        return clause
    }

    private static func modalityPatterns(
        _ node: GridNode
    ) throws(RouteGridError) -> [ExcludeClause.ModalityPattern] {
        try node.nonEmptyElements(of: "modality").mapThrowing { node throws(RouteGridError) in
            guard node.isMapping else {
                let modality: Modality = try node.choice()
                return ExcludeClause.ModalityPattern(train: modality, test: modality)
            }
            let entry = try GridMapping(node, of: "{train: …, test: …}", keys: ["train", "test"])
            return ExcludeClause.ModalityPattern(
                train: try entry["train"].mapThrowing { node throws(RouteGridError) in try node.choice() },
                test: try entry["test"].mapThrowing { node throws(RouteGridError) in try node.choice() }
            )
        }
    }

    /// `knn` or `{kind: knn, k: [5, 10]}`: a parameter that is not named matches any value.
    private static func pattern(_ node: GridNode) throws(RouteGridError) -> ExcludeClause.RouterPattern {
        guard node.isMapping else {
            let kind = try RouterCatalog.descriptor(of: node.text("a router's kind"), place: node.place).kind
            return ExcludeClause.RouterPattern(kind: kind, parameters: [:])
        }
        let mapping = try GridMapping(node, of: "a router")
        let kind = try mapping.required("kind", "a router's kind")
        let descriptor = try RouterCatalog.descriptor(of: kind.text(), place: kind.place)
        var parameters: [String: [JSONValue]] = [:]
        for (name, value) in mapping.entries where name != "kind" {
            guard let parameter = descriptor.parameters.first(where: { $0.name == name }) else {
                throw descriptor.parameters.unknown(name, of: "router \(descriptor.kind)", place: value.place)
            }
            parameters[name] = try values(value, of: parameter)
        }
        return ExcludeClause.RouterPattern(kind: descriptor.kind, parameters: parameters)
    }
}
