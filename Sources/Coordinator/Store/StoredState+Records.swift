package import Grid
package import RouteGridBase
import Scheduling

extension StoredState {
    /// A record as the store has it.
    package struct Line: Sendable {
        package let sequence: UInt64
        package let jobKey: JobKey
        package let record: [UInt8]
        /// One JSON object of facts of its execution; empty when there are none.
        package let facts: [UInt8]
    }

    /// Reads records in pages: all in the order they were committed, or those of one run in the order of its cells.
    ///
    /// - Parameters:
    ///   - run: Its number, or `last`; nil for all.
    ///   - body: Receives each page.
    /// - Throws: `usage` when there is no such run; what `body` throws.
    package func records(of run: String?, _ body: ([Line]) throws -> Void) throws {
        guard let run else {
            var last: UInt64 = 0
            while true {
                let page = try store.records(after: last, limit: 1_000, byteLimit: 8 << 20)
                guard let end = page.last?.sequence else { return }
                try body(page.map(Line.init))
                last = end
            }
        }
        let view = try view(of: self.run(run))
        let selected = view.selection?.cells ?? CellBitmap()
        for group in 0..<view.lock.groupCount {
            let jobs = view.lock.jobs(ofGroup: group).filter {
                !view.lock.isDeferred($0.cell) || selected.contains($0.cell)
            }
            try body(store.records(of: jobs.map(\.jobKey)).records.map(Line.init))
        }
    }

    /// The record of a job key; nil when there is none.
    package func record(of key: JobKey) throws(RouteGridError) -> Line? {
        try store.records(of: [key]).records.first.map(Line.init)
    }

    /// The content of a blob; nil when there is none.
    package func blob(_ digest: Digest) throws(RouteGridError) -> [UInt8]? {
        try store.blob(digest, from: 0, count: Int.max)?.bytes
    }

    /// The frozen grid of a run: its number, or `last`.
    package func lock(of run: String) throws(RouteGridError) -> GridLock { try view(of: self.run(run)).lock }
}

extension StoredState.Line {
    init(_ record: StoredRecord) {
        (sequence, jobKey) = (record.sequence, record.jobKey)
        (self.record, facts) = (record.body, record.runInfo)
    }
}
