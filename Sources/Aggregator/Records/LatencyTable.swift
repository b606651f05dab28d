import Foundation
package import Grid
package import RouteGridBase

/// The measurements beside some records: what `latency.jsonl` holds, and the same for people.
///
/// They are on no board and in no manifest: a time is no function of a job.
package struct LatencyTable: Sendable {
    package let records: [LatencyRecord]

    /// Reads the `latency.jsonl` of every input that has one; equal lines count once.
    ///
    /// - Parameters:
    ///   - sources: The inputs.
    ///   - filter: Leaves measurements of other modes or numerics classes out.
    ///   - bad: What happens to lines that are no measurements.
    /// - Throws: `badInput` with file and line for one that is no measurement, when such are refused.
    package init(
        reading sources: [RecordSource],
        filter: Aggregation.Filter,
        bad: BadRecords = .refuse
    ) throws(RouteGridError) {
        var found: Set<LatencyRecord> = []
        for source in sources {
            guard let data = FileManager.default.contents(atPath: source.latencyPath) else { continue }
            let lines = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            for (number, line) in lines.enumerated() where !line.isEmpty {
                let record: LatencyRecord
                do throws(RouteGridError) {
                    record = try LatencyRecord(line: line, place: "\(source.latencyPath):\(number + 1)")
                } catch {
                    guard bad == .setAside, error.code == .badInput else { throw error }
                    continue
                }
                let (mode, numerics) = (record.job["mode"]?.stringValue, record.job["numerics"]?.stringValue)
                if filter.admits(mode: mode ?? "", numerics: numerics ?? "") { found.insert(record) }
            }
        }
        records = found.sorted { $0.line.lexicographicallyPrecedes($1.line) }
    }

    /// The file: sorted lines.
    package var bytes: [UInt8] { records.flatMap { $0.line + [UInt8(ascii: "\n")] } }

    /// Titles for people; those of numbers begin with `>`.
    package static let columns = [
        "dataset", "router", "modality", ">batch", ">fit s", ">call p50 µs", ">call p99 µs", ">queries/s", "alone",
    ]

    /// A row a measurement, by dataset, router and batch.
    package var rows: [[String]] {
        records.sorted { left, right in
            let (a, b) = (Self.identity(of: left), Self.identity(of: right))
            return (a.dataset, a.router, a.modality, a.batch) < (b.dataset, b.router, b.modality, b.batch)
        }.map { record in
            let (of, measured) = (Self.identity(of: record), record.measured)
            return [
                of.dataset, of.router, of.modality, String(of.batch), Self.text(measured["fit_s"], digits: 4),
                Self.text(measured["call_us"]?["p50"], digits: 1), Self.text(measured["call_us"]?["p99"], digits: 1),
                Self.text(measured["queries_per_s"]?["median"], digits: 0),
                measured["other_busy_slots"]?["v"] == 0 ? "yes" : "no",
            ]
        }
    }

    private static func identity(
        of record: LatencyRecord
    ) -> (dataset: String, router: String, modality: String, batch: Int) {
        let job = record.job
        let (train, test) = (job["modality"]?["train"]?.stringValue, job["modality"]?["test"]?.stringValue)
        let modality = [train, train == test ? nil : test].compactMap(\.self).joined(separator: "→")
        return (
            job["dataset"]?.stringValue ?? "", job["router"].flatMap(RowLabels.kindAndParameters) ?? "", modality,
            job["batch"]?.integerValue ?? 0
        )
    }

    private static func text(_ value: JSONValue?, digits: Int) -> String {
        guard let number = value?.numberValue else { return "" }
        return String(format: "%.\(digits)f", number)
    }
}
