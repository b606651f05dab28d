import GRDB
import RouteGridBase

/// The statements that run for every record of a transaction.
struct RecordInserts {
    let database: Database
    private let record: RawStatement
    private let blob: RawStatement
    private let known: RawStatement
    /// Blobs that are known to be there: neighbouring cells often name the same.
    private var blobs: Set<Digest> = []
    /// How many of them are kept.
    private static let limit = 65_536
    /// The places of this transaction's new records in the stream of all records.
    private(set) var places: [UInt64] = []

    init(_ database: Database) throws {
        self.database = database
        record = try RawStatement(
            "INSERT OR IGNORE INTO record(job_key, result_sha, body, run_info) VALUES (?, ?, ?, ?)",
            database
        )
        blob = try RawStatement("INSERT OR IGNORE INTO blob(sha, size, bytes) VALUES (?, ?, ?)", database)
        known = try RawStatement("SELECT 1 FROM blob WHERE sha = ?", database)
    }

    /// Inserts a record; returns whether it is the first of its key.
    mutating func insert(_ row: ResultRow) throws -> Bool {
        try row.jobKey.withBytes { key in
            try row.resultDigest.withBytes { digest in
                try row.body.withUnsafeBytes { body in
                    try row.runInfo.withUnsafeBytes { info in
                        try record.bind(key, 1)
                        try record.bind(digest, 2)
                        try record.bind(body, 3)
                        try record.bind(info, 4)
                        try record.run()
                    }
                }
            }
        }
        guard database.changesCount > 0 else { return false }
        places.append(UInt64(database.lastInsertedRowID))
        return true
    }

    /// Whether a blob is there, put by this transaction or before it.
    mutating func hasBlob(_ digest: Digest) throws -> Bool {
        if blobs.contains(digest) { return true }
        let isThere = try digest.withBytes { bytes in
            try known.bind(bytes, 1)
            return try known.run()
        }
        if isThere { _ = remember(digest) }
        return isThere
    }

    /// Whether it was not known before.
    private mutating func remember(_ digest: Digest) -> Bool {
        if blobs.count >= Self.limit { blobs.removeAll(keepingCapacity: true) }
        return blobs.insert(digest).inserted
    }

    mutating func insert(_ part: ResultRow.InlineBlob) throws {
        guard remember(part.digest) else { return }
        try part.digest.withBytes { digest in
            try part.bytes.withUnsafeBytes { bytes in
                try blob.bind(digest, 1)
                try blob.bind(bytes.count, 2)
                try blob.bind(bytes, 3)
                try blob.run()
            }
        }
    }
}
