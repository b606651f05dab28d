import Foundation
import Grid
package import RouteGridBase
package import Wire
package import ZeroMQ

/// A worker that computes nothing: it delivers what another run computed, and for some cells the choices of another
/// router, in records that agree with themselves.
package struct LyingWorker {
    /// A record and the choices that it names.
    package struct Computed {
        let record: [UInt8]
        let choices: [UInt8]

        package init(record: [UInt8], choices: [UInt8]) { (self.record, self.choices) = (record, choices) }
    }

    private let peer: PlayedPeer
    private let known: [JobKey: Computed]
    private let lies: (UInt64) -> Bool
    /// The cells about which it lied.
    package private(set) var told: Set<UInt64> = []

    /// Greets and asks for a lease.
    ///
    /// - Parameters:
    ///   - url: of the coordinator.
    ///   - numerics: the class of the records.
    ///   - security: what it connects with.
    ///   - known: the right records by key.
    ///   - lies: the cells about which it lies, where another router chose otherwise.
    /// - Throws: when no coordinator welcomes it.
    package init(
        _ url: String,
        numerics: String,
        security: SocketSecurity,
        knowing known: [JobKey: Computed],
        lyingAbout lies: @escaping (UInt64) -> Bool
    ) throws {
        (self.known, self.lies) = (known, lies)
        peer = try PlayedPeer(url, role: .worker, name: "liar:1", numerics: [numerics], security: security)
        var wanted = WireCredit()
        wanted.groups = 1
        try peer.say(.credit(wanted))
    }

    /// Answers leases until it has delivered so many cells.
    package mutating func deliver(_ count: Int) throws -> [WireCommitted.Verdict] {
        var verdicts: [WireCommitted.Verdict] = []
        while verdicts.count < count {
            let lease = try peer.nextLease()
            let results = try lease.cells.map { try result($0) }
            try peer.send(results, of: lease)
            verdicts += try peer.verdicts(results.count).values
        }
        return verdicts
    }

    package func leave() throws { try peer.leave() }

    private mutating func result(_ cell: WireLeasedCell) throws -> MadeUpResult {
        var made = try MadeUpResult(cell)
        guard let right = known[made.jobKey] else {
            throw RouteGridError(.badInput, "cell \(cell.cell): no record of its key")
        }
        var answer = right
        if lies(cell.cell), let forged = try forged(right) {
            answer = forged
            told.insert(cell.cell)
        }
        let record = try CheckedRecord(answer.record, place: "cell \(cell.cell)")
        (made.record, made.digest) = (answer.record, record.resultDigest)
        (made.blobs, made.inline) = ([Digest(hashing: answer.choices)], [answer.choices])
        return made
    }

    /// The record with what another router chose on the same items; nil where all chose alike.
    private func forged(_ right: Computed) throws -> Computed? {
        let own = try JSONValue(parsing: right.record, place: "record")
        for other in known.values.sorted(by: { $0.record.lexicographicallyPrecedes($1.record) }) {
            let donor = try JSONValue(parsing: other.record, place: "record")
            guard Self.setting(donor) == Self.setting(own), donor["result"] != own["result"],
                var members = own.objectValue
            else { continue }
            members["result"] = donor["result"]
            let job = (own["job"]?.objectValue ?? [:]).filter { !RecordLabels.names.contains($0.key) }
            let hashed = JSONValue.object(job).canonicalBytes() + (donor["result"] ?? .null).canonicalBytes()
            members["result_sha256"] = .string(Digest(hashing: hashed).hex)
            return Computed(record: JSONValue.object(members).jsonBytes(), choices: other.choices)
        }
        return nil
    }

    /// All of a job but its router.
    private static func setting(_ record: JSONValue) -> JSONValue {
        var job = record["job"]?.objectValue ?? [:]
        job["router"] = nil
        return .object(job)
    }
}
