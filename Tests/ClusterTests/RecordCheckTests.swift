import Coordinator
import Foundation
import Grid
import RouteGridBase
import Scheduling
import TestSupport
import Testing

/// The check of records before their commit, on records that workers computed.
@Suite(.timeLimit(.minutes(3))) struct RecordCheckTests {
    /// A state folder with a finished grid.
    private func computed(_ yaml: String) async throws -> TemporaryFolder {
        let folder = try await SmallData.grid(yaml)
        let outcome = try await CommandLineTool.run(
            ["run", "grid.yaml", "--workers", "1", "--state", "state", "--out", "out"],
            in: folder.path
        )
        #expect(outcome.status == 0, "\(outcome)")
        return folder
    }

    private struct Bench {
        let store: RecordStore
        let lock: GridLock
        let rows: [ResultRow]

        init(_ folder: TemporaryFolder) throws {
            store = try RecordStore(reading: StateFolder(reading: folder.path("state")))
            let run = try #require(try store.runs().last)
            let lock = try GridLock(parsing: run.lock)
            let jobs = lock.evaluationGroups.flatMap { lock.jobs(ofGroup: $0) }
            let records = try store.records(of: jobs.map(\.jobKey)).records
            #expect(records.count == jobs.count)
            self.lock = lock
            rows = try zip(jobs, records).map { try Self.row($0.cell, $0.jobKey, $1.body, run: run.id) }
        }

        static func row(_ cell: CellID, _ jobKey: JobKey, _ line: [UInt8], run: RunID) throws -> ResultRow {
            let record = try CheckedRecord(line, place: "record")
            return ResultRow(
                run: run,
                cell: cell,
                jobKey: jobKey,
                resultDigest: record.resultDigest,
                body: line[...],
                runInfo: [],
                worker: "",
                choices: record.choices,
                isLatency: record.isLatency
            )
        }

        func faults(
            _ rows: [ResultRow],
            _ checker: RecordChecker = RecordChecker()
        ) -> (faults: [Int: String], unchecked: Int) {
            let locks = Dictionary(rows.map { ($0.run, lock) }) { first, _ in first }
            return checker.faults(in: rows.map(StoreWrite.result), locks: locks, store: store)
        }

        /// A row whose record says something else, with the digests that this has.
        func forged(_ row: ResultRow, _ change: (inout JSONValue) -> Void) throws -> ResultRow {
            var json = try JSONValue(parsing: row.body, place: "record")
            change(&json)
            let members = (json["job"]?.objectValue ?? [:]).filter { !RecordLabels.names.contains($0.key) }
            let hashed = JSONValue.object(members).canonicalBytes() + (json["result"] ?? .null).canonicalBytes()
            json.set("result_sha256", .string(Digest(hashing: hashed).hex))
            return try Self.row(row.cell, row.jobKey, json.jsonBytes(), run: row.run)
        }
    }

    @Test(arguments: [Grids.all, Grids.many(splits: 2), Grids.all + "\nmode: compat\n"])
    func `what workers compute passes`(yaml: String) async throws {
        let folder = try await computed(yaml)
        let bench = try Bench(folder)
        let found = bench.faults(bench.rows)
        #expect(found.faults.isEmpty && found.unchecked == 0, "\(found.faults.values.first ?? "") \(found.unchecked)")
        // In the form that workers write nothing needs a tree.
        let checker = RecordChecker()
        _ = bench.faults(bench.rows, checker)
        #expect(checker.treeCount == 0, "\(checker.treeCount) of \(bench.rows.count)")
        #expect(try folder.names().contains("state"))
    }

    @Test func `a damaged record is refused with the same words, read in place or as a tree`() async throws {
        let folder = try await computed(Grids.many(splits: 1))
        let bench = try Bench(folder)
        var random = Xoshiro256(seed: Digest(hashing: Array("damage".utf8)))
        var rows: [ResultRow] = []
        for number in 0..<1_500 {
            var row = bench.rows[number % bench.rows.count]
            var line = Array(row.body)
            let start = try #require(line.firstRange(of: Array("\"result\":".utf8))?.upperBound)
            let place = start + Int(random.next() % UInt64(line.count - start - 120))
            let bytes = Array("0123456789.-eE,:{}[]\"\\ntfu x\u{7}".utf8) + [0x80, 0xC3]
            let byte = bytes[Int(random.next() % UInt64(bytes.count))]
            switch random.next() % 3 {
            case 0: line[place] = byte
            case 1: line.insert(byte, at: place)
            default: line.remove(at: place)
            }
            row.body = line[...]
            rows.append(row)
        }
        let read = bench.faults(rows)
        let trees = bench.faults(rows, RecordChecker(readsTrees: true))
        #expect(read.faults == trees.faults && read.unchecked == trees.unchecked)
        // Digits that nothing follows from may change: most damage is found.
        #expect(trees.faults.count > 500, "\(trees.faults.count)")
        #expect(try folder.names().contains("state"))
    }

    @Test func `what workers of the same user deliver is taken as it is`() async throws {
        let folder = try await computed(Grids.many(splits: 1))
        let bench = try Bench(folder)
        var row = try bench.forged(bench.rows[0]) { $0.set("result", .object([:])) }
        #expect(bench.faults([row]).faults.count == 1)
        row.isOwn = true
        #expect(bench.faults([row]).faults.isEmpty && bench.faults([row]).unchecked == 0)
        #expect(bench.faults([row, bench.rows[1]]).faults.isEmpty)
    }

    @Test func `a record that agrees only with itself is refused, with what is wrong in it`() async throws {
        let folder = try await computed(Grids.many(splits: 1))
        let bench = try Bench(folder)
        let row = try #require(bench.rows.first)
        #expect(bench.faults([try bench.forged(row) { _ in }]).faults.isEmpty)
        let forgeries: [(String, (inout JSONValue) -> Void)] = [
            ("point 0", { $0.set("result.points.0.accuracy", .double(1)) }),
            ("point 0", { $0.set("result.points.0.cost", .double(0)) }),
            ("metric accuracy", { $0.set("result.metrics.accuracy.v", .double(0.999)) }),
            ("metric nauc_shared", { $0.set("result.metrics.nauc_shared.v", .double(0.999)) }),
            ("n is not", { $0.set("result.n", 3) }),
            ("counts", { $0.set("result.n_missing", 7) }),
            ("reference", { $0.set("result.reference.c_hi", .double(99)) }),
            ("reference", { $0.set("result.reference.bound", true) }),
            ("slices", { $0.set("result.slices.dataset:demo.accuracy", .double(1)) }),
            ("do not have", { $0.set("result.more", 1) }),
            ("choices are not", { $0.set("result.choices.shape", [1, 1]) }),
            ("the cell's job", { $0.set("job.seed", 77) }),
            ("the cell's job", { $0.set("job.dataset", "another") }),
        ]
        for (text, change) in forgeries {
            let found = bench.faults([row, try bench.forged(row, change), row])
            #expect(found.faults.keys.sorted() == [1] && found.faults[1]?.contains(text) == true, "\(text): \(found)")
        }
        // The result of another cell, which is right there.
        let other = try #require(bench.rows.last)
        #expect(try folder.names().contains("state"))
        var exchanged = row
        (exchanged.body, exchanged.choices) = (other.body, other.choices)
        #expect(bench.faults([exchanged]).faults[0]?.contains("the cell's job") == true)
    }
}

extension JSONValue {
    /// Sets a member that a path of names and places leads to.
    fileprivate mutating func set(_ path: String, _ value: JSONValue) {
        guard let dot = path.firstIndex(of: ".") else { return put(path, value) }
        let name = String(path[..<dot])
        var inner = Int(name).flatMap { arrayValue?[$0] } ?? self[name] ?? .object([:])
        inner.set(String(path[path.index(after: dot)...]), value)
        put(name, inner)
    }

    private mutating func put(_ name: String, _ value: JSONValue) {
        if var items = arrayValue, let place = Int(name), items.indices.contains(place) {
            items[place] = value
            self = .array(items)
        } else {
            var members = objectValue ?? [:]
            members[name] = value
            self = .object(members)
        }
    }
}
