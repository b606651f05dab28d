import ArgumentParser
import Coordinator
import Foundation
import RouteGridBase

/// The limits of this machine's parts alone, for comparison with the queue's figures; `deploy/bench queue` calls it.
struct BenchLimitsVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench-limits",
        abstract: "Times libzmq, the record store and the disk alone.",
        shouldDisplay: false
    )

    @Option(help: "A folder on the disk to be measured.") var folder: String
    @Option(help: "Bytes of a record.") var size = 2_660
    @Option(help: "Records of a transaction.") var batch = 2_000
    @OptionGroup var output: OutputOptions

    func run() throws {
        let sync = try Self.syncMicroseconds(in: folder)
        let echo = try SocketEcho.measure(in: folder)
        let store = try storeRate()
        let document: JSONValue = [
            "schema": "routegrid/bench-limits/v1", "fdatasync_us": .double(sync),
            "echo_messages_per_second": .double(echo.rate), "echo_round_trip_us": .double(echo.roundTripMicroseconds),
            "store_records_per_second": .double(store.rate), "store_cpu_us": .double(store.processorMicroseconds),
        ]
        output.console.emit(document, table: document.jsonText + "\n")
    }

    /// Median time of one `fdatasync` of 4 KiB.
    private static func syncMicroseconds(in folder: String) throws -> Double {
        let path = "\(folder)/sync"
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw RouteGridError(.system, "\(path): \(String(cString: strerror(errno)))") }
        defer {
            close(file)
            unlink(path)
        }
        let page = [UInt8](repeating: 1, count: 4_096)
        let times = (0..<101).map { round in
            pwrite(file, page, page.count, off_t(round % 16) * 4_096)
            return Self.microseconds { fdatasync(file) }
        }
        return times.sorted()[50]
    }

    /// The store's rate for new records from memory, committed as a coordinator commits them.
    private func storeRate() throws -> (rate: Double, processorMicroseconds: Double) {
        let store = try RecordStore(folder: try StateFolder(path: "\(folder)/limits"))
        defer { store.close() }
        let run = try store.addRun(name: "limits", lock: Array("{}".utf8), priority: 0)
        let (body, facts) = ([UInt8](repeating: 65, count: size), [UInt8](repeating: 66, count: 236))
        let (choices, rounds) = ([UInt8](repeating: 3, count: 320), max(5, 60_000 / batch))
        var batches: [[StoreWrite]] = []
        for round in 0..<rounds {
            batches.append(
                (0..<batch).map { place in
                    let cell = round * batch + place
                    return .result(
                        ResultRow(
                            run: run,
                            cell: CellID(cell),
                            jobKey: JobKey(hashing: "job \(cell)".utf8),
                            resultDigest: Digest(hashing: "result \(cell)".utf8),
                            body: body[...],
                            runInfo: facts[...],
                            blobs: [
                                ResultRow.InlineBlob(digest: Digest(hashing: "\(cell / 100)".utf8), bytes: choices[...])
                            ],
                            worker: ""
                        )
                    )
                }
            )
        }
        let before = Self.processorSeconds()
        let time = try Self.microseconds { for writes in batches { try store.commit(writes) } }
        let count = Double(rounds * batch)
        return (count / time * 1e6, (Self.processorSeconds() - before) / count * 1e6)
    }

    private static func processorSeconds() -> Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return [usage.ru_utime, usage.ru_stime].reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) * 1e-6 }
    }

    static func microseconds(_ body: () throws -> Void) rethrows -> Double {
        let passed = try ContinuousClock().measure(body).components
        return Double(passed.seconds) * 1e6 + Double(passed.attoseconds) * 1e-12
    }
}
