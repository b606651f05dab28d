import Foundation
import Grid
package import RouteGridBase
import RoutingData

/// Metric records of several files, one a job key.
///
/// A second record of a key is counted when its result is the same, and is a divergence when it is not.
package struct RecordCollection: Sendable {
    /// Two results of one job key: something that must be a function of the key is not.
    package struct Divergence: Hashable, Sendable {
        package let jobKey: JobKey
        package let first: (place: String, result: Digest)
        package let second: (place: String, result: Digest)

        package static func == (left: Divergence, right: Divergence) -> Bool {
            left.jobKey == right.jobKey && left.first == right.first && left.second == right.second
        }

        package func hash(into hasher: inout Hasher) { hasher.combine(jobKey) }
    }

    private var entries: [JobKey: ScoredRecord] = [:]
    private let parts = SharedParts()
    private var files: [MappedFile] = []
    /// Records that were there already, with the same result.
    package private(set) var repeatedCount = 0
    package private(set) var divergences: [Divergence] = []
    /// What was set aside, in the order it came.
    package private(set) var leftOut: [LeftOut] = []
    /// What happens to records that cannot be on a board.
    package let bad: BadRecords

    package init(bad: BadRecords = .refuse) { self.bad = bad }

    /// Reads the records of some inputs.
    ///
    /// - Throws: `badInput` for a file that cannot be read; with `bad` at `refuse`, for a line that is no record.
    package init(reading sources: [RecordSource], bad: BadRecords = .refuse) throws(RouteGridError) {
        self.init(bad: bad)
        for source in sources { try read(source.recordsPath) }
    }

    package var count: Int { entries.count }
    /// By rising job key: the order of everything that is written.
    package var records: [ScoredRecord] { entries.values.sorted { $0.jobKey < $1.jobKey } }

    /// The modes and numerics classes that there are records of, sorted: each makes boards of its own.
    package var classes: [(mode: String, numerics: String)] {
        let found = Set(entries.values.lazy.map(\.job).frames.map { [$0.mode, $0.numerics] })
        return found.map { (mode: $0[0], numerics: $0[1]) }
            .sorted { ($0.mode, $0.numerics) < ($1.mode, $1.numerics) }
    }

    package func contains(_ key: JobKey) -> Bool { entries[key] != nil }
    /// Gives the memory of the files that were read back, as far as it was taken by reading lines.
    func releaseFiles() { for file in files { file.release(upTo: file.bytes.count) } }

    /// Reads a file of records, one a line.
    ///
    /// - Throws: `badInput` with file and line when a record is cut off, is not JSON, or fails its own hash, unless
    ///   such are set aside.
    package mutating func read(_ path: String) throws(RouteGridError) {
        // A pipe would be waited for.
        _ = try InputFile(path)
        let file = try MappedFile(path)
        files.append(file)
        let lines = RecordCollection.lines(of: file.bytes)
        // Parsed on all cores, some hundreds at a time, and added in their order.
        for first in stride(from: 0, to: lines.count, by: Self.linesAtATime) {
            let numbers = first..<min(first + Self.linesAtATime, lines.count)
            let parts = parts
            let parsed = concurrentMap(numbers.count) { place -> Result<ScoredRecord, RouteGridError>? in
                let number = numbers.lowerBound + place
                guard !lines[number].isEmpty else { return nil }
                let mark = number == 0 ? ByteOrderMark.byteCount(of: file.bytes[lines[number]]) : 0
                let line = KeptLine.range(lines[number].dropFirst(mark), of: file)
                return Result { () throws(RouteGridError) in
                    try ScoredRecord(line, RecordOrigin(name: path, lineNumber: number + 1), sharing: parts)
                }
            }
            for (number, result) in zip(numbers, parsed) {
                switch result {
                case .success(let record): add(record)
                case .failure(let error):
                    guard bad == .setAside, error.code == .badInput else { throw error }
                    leftOut.append(
                        LeftOut(
                            error,
                            place: "\(path):\(number + 1)",
                            jobKey: RecordScan(file.bytes[lines[number]])?.jobKey
                        )
                    )
                case nil: break
                }
            }
            file.release(upTo: lines[numbers.upperBound - 1].upperBound)
        }
    }

    private static let linesAtATime = 8_192

    /// The ranges of the lines of some text, without their newlines.
    private static func lines(of bytes: UnsafeRawBufferPointer) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var start = 0
        while start < bytes.count, let base = bytes.baseAddress {
            let found = memchr(base + start, 0x0A, bytes.count - start)
            let end = found.map { base.distance(to: UnsafeRawPointer($0)) } ?? bytes.count
            ranges.append(start..<end)
            start = end + 1
        }
        return ranges
    }

    /// Adds one record.
    ///
    /// - Parameters:
    ///   - line: The record's line without its newline.
    ///   - place: Where it was read, for messages.
    /// - Throws: `badInput` when the line is not a record.
    package mutating func add(_ line: some Sequence<UInt8>, place: String) throws(RouteGridError) {
        add(try ScoredRecord(.bytes(Array(line)), RecordOrigin(name: place), sharing: parts))
    }

    private mutating func add(_ record: ScoredRecord) {
        guard let known = entries.updateValue(record, forKey: record.jobKey) else { return }
        let kept = kept(of: known, record)
        if kept !== record { entries[record.jobKey] = kept }
    }

    /// Which of two records of one key stays.
    private mutating func kept(of known: ScoredRecord, _ record: ScoredRecord) -> ScoredRecord {
        if known.resultDigest != record.resultDigest, record.isNondeterministic {
            repeatedCount += 1
            // Neither is wrong; which one stays does not depend on what came first.
            return record.resultDigest < known.resultDigest ? record : known
        }
        guard known.resultDigest == record.resultDigest else {
            guard bad == .refuse else {
                let results = "\(record.resultDigest), not \(known.resultDigest)"
                let why = "result_sha256: another result than \(known.place) has for this job key: \(results)"
                leftOut.append(LeftOut(place: record.place, jobKey: record.jobKey, why: why))
                return known
            }
            divergences.append(
                Divergence(
                    jobKey: record.jobKey,
                    first: (known.place, known.resultDigest),
                    second: (record.place, record.resultDigest)
                )
            )
            return known
        }
        repeatedCount += 1
        // The labels of equal records may differ: the smaller line stays, whatever came first.
        return record.line.lexicographicallyPrecedes(known.line) ? record : known
    }

    /// Fails when some key has two results.
    ///
    /// - Throws: `checkFailed` that names the first of them.
    package func checkAgreement() throws(RouteGridError) {
        guard let first = divergences.min(by: { $0.jobKey < $1.jobKey }) else { return }
        throw RouteGridError(
            .checkFailed,
            "\(divergences.count) divergent result(s): job key \(first.jobKey) has result "
                + "\(first.first.result) in \(first.first.place) and \(first.second.result) in \(first.second.place)"
        )
    }
}
