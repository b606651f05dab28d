import RouteGridBase

/// The records of one row: a single `exact` one, or those that differ in their budget alone.
struct JoinedCurve {
    let section: SectionKey
    /// In job-key order.
    private(set) var records: [ScoredRecord] = []
    /// Jobs of the row that have no record.
    private(set) var missing: [JSONValue] = []

    private init(section: SectionKey) { self.section = section }

    /// Groups records, and jobs without one, into rows.
    static func curves(of records: [ScoredRecord], expected: [JSONValue]) -> [JoinedCurve] {
        var curves: [String: JoinedCurve] = [:]
        for record in records {
            curves[identity(record.job), default: JoinedCurve(section: SectionKey(job: record.job))].records.append(
                record
            )
        }
        for job in expected {
            curves[identity(job), default: JoinedCurve(section: SectionKey(job: job))].missing.append(job)
        }
        return Array(curves.values)
    }

    /// What the records of a row share: the job without its budget, unless that is `exact`.
    private static func identity(_ job: JSONValue) -> String {
        guard case .object(var members) = job, members["budget"] != "exact" else { return job.canonicalText }
        members["budget"] = nil
        return JSONValue.object(members).canonicalText
    }

    /// The row of the board.
    ///
    /// - Parameter units: What costs are counted in.
    /// - Returns: The row, not yet placed.
    /// - Throws: `badInput` when records of one curve contradict each other.
    func row(_ units: CostUnits) throws(RouteGridError) -> BoardRow {
        var flags: Set<BoardFlag> = missing.isEmpty ? [] : [.incomplete]
        if section.part == "test" { flags.insert(.unsealed) }
        let first = records.first
        let job = first?.job ?? missing.first ?? .null
        if job["router"]?["kind"]?.stringValue == "oracle" { flags.insert(.bound) }
        let missingCount = first?.result["n_missing"]?.integerValue ?? 0
        if missingCount > 0 { flags.insert(.missing) }
        let scored = try ListedCurve.scored(records)
        return BoardRow(
            job: job.with("budget", budgets),
            jobKeys: records.map(\.jobKey),
            fitKey: first?.fitKey,
            itemCount: first?.itemCount,
            missingCount: missingCount,
            points: scored.points,
            costUnit: units.unit(of: job),
            metrics: scored.metrics,
            flags: flags.sorted()
        )
    }

    /// `"exact"`, or the list of the budgets joined: by number, then by text.
    private var budgets: JSONValue {
        if section.curve == .exact { return "exact" }
        let texts = records.map(\.budget) + missing.compactMap { $0["budget"]?.stringValue }
        let sorted = Set(texts).sorted { left, right in
            let (a, b) = (Double(left) ?? .infinity, Double(right) ?? .infinity)
            if a != b { return a < b }
            let (x, y) = (Double(left.dropLast()) ?? .infinity, Double(right.dropLast()) ?? .infinity)
            return x != y ? x < y : left < right
        }
        return JSONValue(sorted)
    }
}

extension JSONValue {
    /// The object with one member replaced.
    func with(_ name: String, _ value: JSONValue) -> JSONValue {
        guard case .object(var members) = self else { return self }
        members[name] = value
        return .object(members)
    }
}
