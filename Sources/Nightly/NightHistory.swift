import Foundation
package import RouteGridBase

/// `history.json` of a published folder: every night's verdict, and the reference that nights are judged against.
///
/// What was published of a night may be pruned; its line here stays, so that trends reach back to the first night.
package struct NightHistory: Codable, Sendable, Equatable {
    package static let schema = "routegrid/nights/v1"
    package static let name = "history.json"

    /// What a night came to.
    package enum Verdict: String, Codable, Sendable {
        /// The same, or no difference is shown.
        case clean
        /// Something differs and no router is shown to be worse.
        case changed
        /// A router is shown to be worse than on the reference night.
        case regressed
        /// The night cannot be judged: records are missing, or what no router moves has moved.
        case incomplete
    }

    /// A row of a night, for trends.
    package struct Row: Codable, Sendable, Equatable {
        package var row: String
        package var name: String
        package var metric: String
        package var value: Double?
        package var low: Double?
        package var high: Double?
        package var isAlarm: Bool?

        package init(row: String, name: String, metric: String, value: Double?, low: Double?, high: Double?) {
            (self.row, self.name, self.metric) = (row, name, metric)
            (self.value, self.low, self.high) = (value, low, high)
        }
    }

    package struct Night: Codable, Sendable, Equatable {
        /// `0001`, rising.
        package var id: String
        /// When it was published, in ISO 8601 and UTC: a fact of the run, in no hash.
        package var at: String
        package var verdict: Verdict
        package var text: String
        package var findings: [String]
        /// The night that it was judged against; nil for the first one.
        package var reference: String?
        /// Which of the nights that statistics were used on it is, from 1, and the error it may spend; nil where equal
        /// bytes said it all.
        package var look: Int?
        package var level: Double?
        /// Digests of the frozen grid and of `leaderboard.json`.
        package var lock: String
        package var board: String
        package var cells: Int
        /// Cells that this night computed.
        package var computed: Int
        /// How many rows are of each class beside the reference.
        package var classes: [String: Int]
        package var rows: [Row]

        package init(id: String, at: String, lock: String, board: String, cells: Int, computed: Int, rows: [Row]) {
            (self.id, self.at, self.lock, self.board) = (id, at, lock, board)
            (self.cells, self.computed, self.rows) = (cells, computed, rows)
            (verdict, text, findings, classes) = (.clean, "", [], [:])
            (reference, look, level) = (nil, nil, nil)
        }
    }

    /// A reference that a person chose, or the first night.
    package struct Acceptance: Codable, Sendable, Equatable {
        package var night: String
        package var at: String
    }

    package var schema = Self.schema
    package var name: String
    /// The error that all nights together may spend.
    package var alpha: Double
    /// Nights that statistics were used on.
    package var looks = 0
    package var accepted: [Acceptance] = []
    package var nights: [Night] = []

    package init(name: String, alpha: Double) { (self.name, self.alpha) = (name, alpha) }

    package var reference: String? { accepted.last?.night }
    package var nextID: String {
        let number = (nights.compactMap { Int($0.id) }.max() ?? 0) + 1
        let digits = String(number)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    package func night(_ id: String) -> Night? { nights.first { $0.id == id } }

    /// The history of a folder; nil when it has none.
    ///
    /// - Throws: `badInput` for a file that is something else.
    package static func read(in folder: String) throws(RouteGridError) -> NightHistory? {
        let path = "\(folder)/\(name)"
        guard let bytes = FileManager.default.contents(atPath: path) else { return nil }
        guard let known = try? JSONDecoder().decode(NightHistory.self, from: bytes), known.schema == schema else {
            throw .badInput(path, "expected a history of nights (\(schema))")
        }
        return known
    }

    /// The file, the same for the same history.
    package var bytes: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        return (try? encoder.encode(self)).map { Array($0) + [UInt8(ascii: "\n")] } ?? []
    }

    /// Makes a night the reference of those that follow.
    ///
    /// - Throws: `usage` for a night that there is none of, or that was not complete.
    package mutating func accept(_ id: String, at time: String) throws(RouteGridError) {
        guard let night = night(id) else {
            let known = nights.suffix(20).map(\.id)
            throw RouteGridError(.usage, "no night \"\(id)\"\(NearestName.hint(id, in: known))")
        }
        // Statistics are used on whole nights only: models or prices may have changed for good.
        guard night.verdict != .incomplete || night.look != nil else {
            throw RouteGridError(.usage, "night \(id) is incomplete: it cannot be a reference")
        }
        accepted.append(Acceptance(night: id, at: time))
    }
}
