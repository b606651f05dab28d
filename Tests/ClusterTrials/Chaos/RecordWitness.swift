import Foundation
import RouteGridBase
import Wire

/// Reads the stream of records past all proxies, while faults are made and once more at the end.
struct RecordWitness {
    /// A record at its place in the stream.
    struct Entry: Hashable, Sendable {
        let key: JobKey
        let content: Digest
    }

    private let url: String
    private(set) var entries: [UInt64: Entry] = [:]
    /// Places that changed, in words.
    private(set) var changes: [String] = []

    init(url: String) { self.url = url }

    /// Reads what is new, or (when `isAnew`) everything again.
    mutating func read(isAnew: Bool = false, limit: Duration) throws {
        let client = try ClusterClient.connect(url, role: .follower, within: limit, name: "witness")
        defer { client.close() }
        client.requestLimit = limit
        let last = UInt64(clamping: try client.query(.store)["last_sequence"]?.integerValue ?? 0)
        let start = isAnew ? 0 : entries.keys.max() ?? 0
        guard start < last else {
            if last < start { changes.append("the stream ends at \(last) and was read up to \(start)") }
            return
        }
        var read: [UInt64: Entry] = [:]
        try client.follow(after: start) { message in
            for item in message.items {
                guard let key = JobKey(bytes: item.jobKey) else { continue }
                read[item.seq] = Entry(key: key, content: Digest(hashing: item.record))
            }
            return message.last < last
        }
        for (place, entry) in read {
            if let known = entries[place], known != entry { changes.append("record \(place) changed") }
        }
        if isAnew { entries = read } else { entries.merge(read) { $1 } }
    }
}
