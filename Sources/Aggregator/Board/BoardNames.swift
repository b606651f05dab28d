import Grid
import RouteGridBase

/// What a board calls the data, pools, encoders and price sheets that records know by content.
///
/// One content has one name on a board, whatever the grid that computed a record first called it: the name in the grid
/// that the board is made for, else in the grids beside the records, else in the records.
struct BoardNames {
    struct Data: Hashable {
        var dataset: String
        var pool: String
        /// Where the table stands in its grid.
        var place: Int?
        var condition: String?
        var facts: [DataFact] = []
    }

    private var data: [String: Data] = [:]
    private var facts: [String: [DataFact]] = [:]
    private var prices: [String: String] = [:]
    private var encoders: [String: String] = [:]

    /// - Parameters:
    ///   - jobs: Those of the records, and those without one.
    ///   - tables: What grids say.
    init(jobs: some Sequence<JSONValue>, tables: KnownTables) {
        var seen: Set<String> = []
        for job in jobs {
            let identity = [job["data"], job["inputs"], job["dataset"], job["models"], job["encoder"], job["prices"]]
            guard seen.insert(identity.map { ($0 ?? .null).canonicalText }.joined(separator: "\n")).inserted else {
                continue
            }
            add(job, tables)
        }
    }

    private mutating func add(_ job: JSONValue, _ tables: KnownTables) {
        let key = job["data"]?.stringValue ?? ""
        if let naming = tables.namings(of: tables.tables(ofData: key)).first(where: { $0.dataset != nil }) {
            data[key] = Data(
                dataset: naming.dataset ?? "",
                pool: naming.pool ?? "all",
                place: naming.place,
                condition: naming.condition
            )
        } else {
            let own = Data(dataset: job["dataset"]?.stringValue ?? "", pool: job["models"]?.stringValue ?? "all")
            data[key] = min(data[key] ?? own, own) { ($0.dataset, $0.pool) < ($1.dataset, $1.pool) }
        }
        guard let inputs = job["inputs"], let cost = inputs["cost"]?.stringValue else { return }
        let namings = tables.namings(of: tables.tables(of: job))
        facts[key + cost] = Array(Set(namings.flatMap(\.facts))).sorted { $0.rawValue < $1.rawValue }
        // Of several names of the same prices the last: the latest date.
        let sheet = namings.first?.prices ?? job["prices"]?.stringValue
        if let sheet { prices[cost] = max(prices[cost] ?? sheet, sheet) }
        for modality in ["text", "image"] {
            guard let digest = inputs[modality]?.stringValue else { continue }
            let known = namings.first.flatMap { naming in
                (modality == "text" ? naming.text : naming.image).filter { $0.value.hex == digest }.keys.min()
            }
            let name = known ?? job["encoder"]?[modality]?.stringValue
            if let name { encoders[digest] = min(encoders[digest] ?? name, name) }
        }
    }

    /// The job under the board's names.
    func named(_ job: JSONValue) -> JSONValue {
        guard case .object(var members) = job else { return job }
        if let names = data[job["data"]?.stringValue ?? ""] {
            (members["dataset"], members["models"]) = (.string(names.dataset), .string(names.pool))
        }
        guard let inputs = job["inputs"], let cost = inputs["cost"]?.stringValue else { return .object(members) }
        members["prices"] = prices[cost].map { .string($0) } ?? .null
        if case .object(let known)? = job["encoder"] {
            members["encoder"] = .object(
                known.merging(
                    known.keys.compactMap { name in
                        inputs[name]?.stringValue.flatMap { encoders[$0] }.map { (name, .string($0)) }
                    }
                ) { $1 }
            )
        }
        return .object(members)
    }

    /// What is known of a job's data besides its names.
    func data(of job: JSONValue) -> Data? {
        let key = job["data"]?.stringValue ?? ""
        guard var found = data[key] else { return nil }
        found.facts = facts[key + (job["inputs"]?["cost"]?.stringValue ?? "")] ?? []
        return found
    }
}

private func min<Value>(_ left: Value, _ right: Value, by precedes: (Value, Value) -> Bool) -> Value {
    precedes(right, left) ? right : left
}

extension RecordLabels {
    /// A job without the names that say nothing of its content: equal for records that may be compared.
    ///
    /// Records of before inputs were named by content keep the names of encoders and prices: these are all there is.
    static func unlabelled(_ job: JSONValue) -> JSONValue {
        guard case .object(var members) = job else { return job }
        if job["data"]?.stringValue != nil { (members["dataset"], members["models"]) = (nil, nil) }
        if job["inputs"]?["cost"] != nil { (members["encoder"], members["prices"]) = (nil, nil) }
        return .object(members)
    }
}
