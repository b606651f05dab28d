import Catalog
import RouteGridBase

extension GridBlock {
    var json: JSONValue {
        [
            "kind": .string(kind), "revision": JSONValue(revision),
            "reads": .array(reads.names.map { .string($0) }),
            "parameters": .array(
                parameters.map { ["name": .string($0.name), "values": .array($0.values)] }
            ),
            "tables": .array(tables.map { JSONValue($0) }),
            "budgets": .array(budgets.map { JSONValue($0) }),
        ]
    }

    /// - Throws: `badInput` also for a router, parameter or revision that this build does not have.
    init(
        json: JSONValue,
        axes: GridAxes,
        place: String,
        revisions: AdmittedRevisions
    ) throws(RouteGridError) {
        var object = try StrictObject(json, place: place)
        kind = try object.text("kind")
        revision = try object.integer("revision")
        let descriptor = try RouterCatalog.descriptor(of: kind, place: place)
        try revisions.check(revision, own: descriptor.revision, of: "router \(kind)", place: place)
        let isOwn = revision == descriptor.revision
        reads = try RouterDescriptor.Reads(names: try object.texts("reads"), place: "\(place).reads")
        parameters = []
        for json in try object.list("parameters") {
            var parameter = try StrictObject(json, place: "\(place).parameters")
            let name = try parameter.text("name")
            let known = descriptor.parameters.first { $0.name == name }
            if known == nil, isOwn { throw descriptor.parameters.unknown(name, of: "router \(kind)", place: place) }
            let values = try parameter.list("values").mapThrowing { value throws(RouteGridError) in
                isOwn ? try known?.checked(value, place: "\(place).\(name)") ?? value : value
            }
            try parameter.finish()
            guard !values.isEmpty else { throw .badInput("\(place).\(name)", "expected at least one value") }
            parameters.append(Parameter(name: name, values: values))
        }
        tables = try Self.numbers(try object.list("tables"), below: axes.tables.count, place: "\(place).tables")
        guard Set(tables.map { $0 / axes.priceCount }).count * axes.priceCount == tables.count else {
            throw .badInput("\(place).tables", "expected all prices of a table or none")
        }
        budgets = try Self.numbers(try object.list("budgets"), below: axes.budgets.count, place: "\(place).budgets")
        try object.finish()
        guard isOwn else { return }
        guard Set(parameters.map(\.name)) == Set(descriptor.parameters.map(\.name)),
            parameters.count == descriptor.parameters.count
        else { throw .badInput(place, "router \(kind): expected every parameter once") }
    }

    private static func numbers(_ list: [JSONValue], below count: Int, place: String) throws(RouteGridError) -> [Int] {
        let numbers = list.compactMap(\.integerValue).filter { (0..<count).contains($0) }
        guard numbers.count == list.count, !numbers.isEmpty, numbers == Set(numbers).sorted() else {
            throw .badInput(place, "expected rising numbers from 0 to \(count - 1)")
        }
        return numbers
    }
}

extension RouterDescriptor.Reads {
    private static let named: [(name: String, value: RouterDescriptor.Reads)] = [
        ("embeddings", .embeddings), ("seed", .seed), ("labels", .labels), ("train_cost", .trainCost),
        ("separate_modalities", .separateModalities),
    ]

    /// The names of the members, as the lock holds them.
    var names: [String] { Self.named.filter { contains($0.value) }.map(\.name) }

    init(names: [String], place: String) throws(RouteGridError) {
        self = []
        for name in names {
            guard let known = Self.named.first(where: { $0.name == name }) else {
                throw .badInput(place, "unknown \"\(name)\"\(NearestName.hint(name, in: Self.named.map(\.name)))")
            }
            insert(known.value)
        }
    }
}
