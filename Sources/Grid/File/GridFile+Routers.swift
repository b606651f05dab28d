import Catalog
import RouteGridBase
import RoutingData

/// Routers and fusions: entries whose lists are axes.
extension GridFile {
    static func routers(_ node: GridNode) throws(RouteGridError) -> [RouterEntry] {
        var routers: [RouterEntry] = []
        var values = 0
        for node in try node.nonEmptyElements(of: "router") {
            let entry = try router(node)
            routers.append(entry)
            values += entry.parameters.reduce(0) { $0 + $1.values.count }
            try checkCount(values, GridRanges.parameterValues, of: "values of parameters", node)
        }
        try checkCount(routers.count, GridRanges.blocks, of: "routers", node)
        return routers
    }

    /// `include`: further blocks, each a router that may run on some datasets only.
    static func include(_ node: GridNode, datasets: [String]) throws(RouteGridError) -> [RouterEntry] {
        try node.elements.mapThrowing { node throws(RouteGridError) in
            let entry = try GridMapping(node, of: "{router: …}", keys: ["router", "dataset"])
            var router = try router(try entry.required("router", "a router such as {kind: fixed, model: …}"))
            router.datasets = try entry["dataset"].mapThrowing { node throws(RouteGridError) in
                try names(node, known: datasets, what: "dataset")
            }
            return router
        }
    }

    private static func router(_ node: GridNode) throws(RouteGridError) -> RouterEntry {
        let (kind, entries) = try kindAndParameters(node, what: "router")
        let descriptor = try RouterCatalog.descriptor(of: kind.text("a router's kind"), place: kind.place)
        let owner = "router \(descriptor.kind)"
        let own = entries.filter { $0.key != "resources" }
        let (parameters, places) = try axes(own, of: descriptor.parameters, owner: owner, node: node)
        var router = RouterEntry(kind: descriptor.kind, parameters: parameters, place: node.place, places: places)
        if let needs = entries.first(where: { $0.key == "resources" })?.value {
            router.resources = try GridResources(needs, memory: &router.memoryBytes)
        }
        return router
    }

    static func fusions(_ node: GridNode?) throws(RouteGridError) -> [Placed<FusionConfiguration>] {
        guard let node else { return [Placed(value: try FusionCatalog.configure(kind: "mean"), place: "fusion")] }
        var fusions: [Placed<FusionConfiguration>] = []
        for node in try node.nonEmptyElements(of: "fusion") {
            let (kind, entries) = try kindAndParameters(node, what: "fusion")
            let descriptor = try FusionCatalog.descriptor(of: kind.text("a fusion's kind"), place: kind.place)
            let owner = "fusion \(descriptor.kind)"
            let (parameters, _) = try axes(entries, of: descriptor.parameters, owner: owner, node: node)
            let count = product(parameters.map(\.values.count), limit: GridRanges.fusions)
            guard count <= GridRanges.fusions else {
                throw node.failure("its parameters have more than \(GridRanges.fusions) combinations")
            }
            var combinations: [[String: JSONValue]] = [[:]]
            for parameter in parameters {
                combinations = combinations.flatMap { values in
                    parameter.values.map { values.merging([parameter.name: $0]) { $1 } }
                }
            }
            for values in combinations {
                let configuration = FusionConfiguration(kind: descriptor.kind, parameters: values)
                fusions.append(Placed(value: configuration, place: node.place))
            }
        }
        try checkCount(fusions.count, GridRanges.fusions, of: "fusions", node)
        try refuseRepeats(fusions.map { ($0.value.json(revision: 1).canonicalText, $0.place) }, what: "this fusion")
        return fusions
    }

    /// `knn` or `{kind: knn, …}`.
    private static func kindAndParameters(
        _ node: GridNode,
        what: String
    ) throws(RouteGridError) -> (kind: GridNode, parameters: [(key: String, value: GridNode)]) {
        if node.scalar != nil, !node.isNull { return (node, []) }
        let mapping = try GridMapping(node, of: "a \(what) such as {kind: …}")
        let kind = try mapping.required("kind", "a \(what)'s kind")
        return (kind, mapping.entries.filter { $0.key != "kind" })
    }

    /// Every parameter with its list of values: those given in the order of the file, then the others' defaults.
    private static func axes(
        _ entries: [(key: String, value: GridNode)],
        of descriptors: [ParameterDescriptor],
        owner: String,
        node: GridNode
    ) throws(RouteGridError) -> (parameters: [GridBlock.Parameter], places: [String: String]) {
        var parameters: [GridBlock.Parameter] = []
        var places: [String: String] = [:]
        for (name, value) in entries {
            guard let descriptor = descriptors.first(where: { $0.name == name }) else {
                throw descriptors.unknown(name, of: owner, place: value.place)
            }
            parameters.append(.init(name: name, values: try values(value, of: descriptor)))
            places[name] = value.place
        }
        for descriptor in descriptors where !parameters.contains(where: { $0.name == descriptor.name }) {
            guard let value = descriptor.defaultValue else {
                throw node.failure("\(owner) needs \"\(descriptor.name)\": \(descriptor.domain.expectation)")
            }
            let typed = try descriptor.checked(value, place: node.place)
            parameters.append(.init(name: descriptor.name, values: [typed]))
        }
        return (parameters, places)
    }

    /// The values of one parameter, each typed, each once.
    static func values(_ node: GridNode, of descriptor: ParameterDescriptor) throws(RouteGridError) -> [JSONValue] {
        var values: [JSONValue] = []
        if descriptor.domain.isList, !node.elements.contains(where: \.isList) {
            values = [try descriptor.checked(node.json, place: node.place)]
        } else {
            for element in try node.nonEmptyElements(of: "value") {
                let raw = descriptor.domain.isNumeric ? try GridFunctions.numbers(element) : [element.json]
                try checkCount(values.count + raw.count, GridRanges.parameterValues, of: "values", element)
                for value in raw { values.append(try descriptor.checked(value, place: element.place)) }
            }
        }
        try refuseRepeats(values.map { ($0.canonicalText, node.place) }, what: "a value")
        return values
    }

    /// Names of a known list, `glob()` expanded.
    static func names(_ node: GridNode, known: [String], what: String) throws(RouteGridError) -> [String] {
        var names: [String] = []
        let all = Set(known)
        var seen: Set<String> = []
        for node in try node.nonEmptyElements(of: what) {
            let text = try node.text("a \(what)'s name")
            for name in try GridFunctions.names(text, known: known, place: node.place) {
                guard all.contains(name) else {
                    throw node.failure("unknown \(what) \"\(name)\"\(NearestName.hint(name, in: known))")
                }
                if seen.insert(name).inserted { names.append(name) }
            }
        }
        return names
    }
}

extension ParameterDescriptor.Domain {
    /// Whether `range()` and `logspace()` make sense.
    var isNumeric: Bool {
        switch self {
        case .integer, .number: true
        default: false
        }
    }
}
