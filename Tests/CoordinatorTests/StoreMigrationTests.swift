import Coordinator
import Foundation
import GRDB
import Grid
import RouteGridBase
import TestSupport
import Testing

/// A state folder that the first version wrote, opened by this one.
struct StoreMigrationTests {
    /// The file as version 1 made it: never changed, unlike the code that once wrote it.
    private static let versionOne = """
        CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
        INSERT INTO grdb_migrations VALUES ('1 records, runs, done cells, exceptions');
        CREATE TABLE meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;
        CREATE TABLE run(
            id INTEGER PRIMARY KEY, name TEXT NOT NULL, lock_sha BLOB NOT NULL, lock BLOB NOT NULL,
            state TEXT NOT NULL, priority INTEGER NOT NULL, stage INTEGER NOT NULL DEFAULT 1,
            reason TEXT NOT NULL DEFAULT '', submitted_at TEXT NOT NULL);
        CREATE TABLE record(
            seq INTEGER PRIMARY KEY AUTOINCREMENT, job_key BLOB NOT NULL UNIQUE, result_sha BLOB NOT NULL,
            body BLOB NOT NULL, run_info BLOB);
        CREATE TABLE done(run INTEGER, block INTEGER, bits BLOB NOT NULL, PRIMARY KEY(run, block)) WITHOUT ROWID;
        CREATE TABLE exception(
            run INTEGER, cell INTEGER, state TEXT NOT NULL, attempts INTEGER NOT NULL,
            crashes INTEGER NOT NULL, kind TEXT NOT NULL, text TEXT NOT NULL, log BLOB,
            PRIMARY KEY(run, cell)) WITHOUT ROWID;
        CREATE TABLE divergence(
            id INTEGER PRIMARY KEY, job_key BLOB NOT NULL, first_sha BLOB NOT NULL, second_sha BLOB NOT NULL,
            worker TEXT NOT NULL, body BLOB NOT NULL, at TEXT NOT NULL, UNIQUE(job_key, second_sha));
        CREATE TABLE blob(sha BLOB PRIMARY KEY, size INTEGER NOT NULL, bytes BLOB);
        CREATE TABLE access(
            public_key TEXT PRIMARY KEY, role TEXT NOT NULL, name TEXT NOT NULL, added_at TEXT NOT NULL,
            revoked_at TEXT);
        CREATE TABLE audit(
            id INTEGER PRIMARY KEY, at TEXT NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL,
            detail TEXT NOT NULL);
        """

    private static let data = StoreBench.blob("data")

    /// A record's line that says no more than migrations read.
    private static func line(part: String, k: Int, split: Int) -> String {
        let job: JSONValue = [
            "kind": "evaluate", "part": .string(part), "data": .string(data.hex),
            "split": ["kind": "random", "index": JSONValue(split)], "router": ["kind": "knn", "k": JSONValue(k)],
        ]
        return (["job": job] as JSONValue).canonicalText
    }

    @Test func `reads of several pools of one dataset are counted together after the migration`() throws {
        let bench = try StoreBench()
        let (samples, quality) = (StoreBench.blob("samples"), StoreBench.blob("quality"))
        let pools = [["a", "b"], ["a"]]
        let tables = pools.map { pool -> JSONValue in
            ["samples": .string(samples.hex), "quality": .string(quality.hex), "models": JSONValue(pool)]
        }
        let lock: JSONValue = ["axes": ["tables": .array(tables)]]
        let lines = pools.flatMap { pool in
            [5, 9].map { k -> String in
                let data = RecordedJob.dataDigest(samples: samples, models: pool, quality: quality)
                let job: JSONValue = [
                    "kind": "evaluate", "part": "test", "data": .string(data.hex), "prices": .null,
                    "split": [
                        "kind": "random", "train": "0.6", "dev": "0.2", "test": "0.2", "group_by": "sample", "seed": 1,
                        "index": 0,
                    ],
                    "router": ["kind": "knn", "k": JSONValue(k)],
                ]
                return (["job": job] as JSONValue).canonicalText
            }
        }
        try bench.replaceFile { database in
            try database.execute(sql: Self.versionOne)
            try database.execute(
                sql: "INSERT INTO meta VALUES ('coordinator16', ?), ('epoch', 7)",
                arguments: [Data(0..<16)]
            )
            try database.execute(
                sql: """
                    INSERT INTO run(name, lock_sha, lock, state, priority, submitted_at)
                        VALUES ('old', x'00', ?, 'active', 3, '2026-01-01T00:00:00Z')
                    """,
                arguments: [Data(lock.canonicalBytes())]
            )
            for (number, line) in lines.enumerated() {
                try database.execute(
                    sql: "INSERT INTO record(job_key, result_sha, body) VALUES (?, ?, ?)",
                    arguments: [
                        Data(StoreBench.key("cell \(number)").bytes), Data(StoreBench.blob("right").bytes),
                        Data(line.utf8),
                    ]
                )
            }
        }
        try bench.reopen()
        let counts = try bench.store.testReads().counts
        #expect(counts.values.sorted() == [4] && counts.keys.first?.samples == samples)
    }

    @Test func `a folder of version 1 keeps its runs, records and divergences, and its test reads are counted`() throws
    {
        let bench = try StoreBench()
        let file = bench.folder + "/records.sqlite"
        // Two configurations on split 0 of which one twice, one on split 1, one on dev, and a line that is no record.
        let lines = [
            Self.line(part: "test", k: 5, split: 0), Self.line(part: "test", k: 5, split: 0) + " ",
            Self.line(part: "test", k: 9, split: 0), Self.line(part: "test", k: 5, split: 1),
            Self.line(part: "dev", k: 7, split: 0), "{\"job\":",
        ]
        try bench.replaceFile { database in
            try database.execute(sql: Self.versionOne)
            try database.execute(
                sql: """
                    INSERT INTO meta VALUES ('coordinator16', ?), ('epoch', 7);
                    INSERT INTO run(name, lock_sha, lock, state, priority, submitted_at)
                        VALUES ('old', x'00', CAST('{}' AS BLOB), 'active', 3, '2026-01-01T00:00:00Z');
                    """,
                arguments: [Data(0..<16)]
            )
            for (number, line) in lines.enumerated() {
                try database.execute(
                    sql: "INSERT INTO record(job_key, result_sha, body, run_info) VALUES (?, ?, ?, ?)",
                    arguments: [
                        Data(StoreBench.key("cell \(number)").bytes), Data(StoreBench.blob("right").bytes),
                        Data(line.utf8), Data("{}".utf8),
                    ]
                )
            }
            try database.execute(
                sql:
                    "INSERT INTO divergence(job_key, first_sha, second_sha, worker, body, at) VALUES (?, ?, ?, 'w', ?, '')",
                arguments: [
                    Data(StoreBench.key("cell 0").bytes), Data(StoreBench.blob("right").bytes),
                    Data(StoreBench.blob("wrong").bytes), Data("{}".utf8),
                ]
            )
        }
        try bench.reopen()
        #expect(bench.store.identity == Array(0..<16) && bench.store.epoch == 8)
        let run = try #require(try bench.store.runs().first)
        #expect(run.name == "old" && run.priority == 3 && run.selection == nil)
        let keys = lines.indices.map { StoreBench.key("cell \($0)") }
        #expect(try bench.store.records(of: keys).records.map(\.body) == lines.map { Array($0.utf8) })
        let places = [0, 1].map {
            TestReadCounts.Place(samples: Self.data, part: "{\"index\":\($0),\"kind\":\"random\"}")
        }
        #expect(try bench.store.testReads().counts == [places[0]: 2, places[1]: 1])
        #expect(try bench.store.divergences().map(\.key) == [keys[0]])
        #expect(try bench.store.divergenceCounts() == [RunID(0): 1])
        #expect(try bench.store.integrityCheck() == "ok")

        // What is written from now on is of this version.
        try bench.store.commit([.result(StoreBench.row(run.id, cell: 9, key: "cell 0", text: "other"))])
        #expect(try bench.store.divergenceCounts() == [RunID(0): 1, run.id: 1])
        try bench.reopen()
        #expect(try bench.store.epoch == 9 && bench.store.counts().records == lines.count)
        #expect(FileManager.default.fileExists(atPath: file))
    }
}

extension StoreBench {
    /// Closes the store and puts another database in its place.
    fileprivate func replaceFile(_ fill: (Database) throws -> Void) throws {
        store.close()
        for suffix in ["", "-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: folder + "/records.sqlite" + suffix)
        }
        let queue = try DatabaseQueue(path: folder + "/records.sqlite")
        try queue.write(fill)
        try queue.close()
    }
}
