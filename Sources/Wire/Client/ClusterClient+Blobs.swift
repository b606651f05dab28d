package import RouteGridBase

extension ClusterClient {
    /// The content of a blob, checked against its digest.
    ///
    /// - Throws: `badInput` when the coordinator has no such blob; `checkFailed` when the content does not match.
    package func fetch(_ digest: Digest) throws(RouteGridError) -> [UInt8] {
        var content: [UInt8] = []
        while true {
            let request = BlobTransfer.fetch(digest, offset: content.count)
            let answer = try ask(WireMessage(.fetch(request)))
            guard case .chunk(let chunk) = answer.body, let data = answer.data, chunk.sha == digest.data,
                chunk.offset == UInt64(content.count)
            else { throw unexpected(answer, "the chunk asked for") }
            guard !chunk.missing else { throw RouteGridError(.badInput, "the coordinator has no blob \(digest)") }
            content.append(contentsOf: data)
            if UInt64(content.count) >= chunk.total { break }
            guard !data.isEmpty else { throw unexpected(answer, "a chunk with content") }
        }
        guard Digest(hashing: content) == digest else {
            throw RouteGridError(.checkFailed, "blob \(digest) came with other content than its name says")
        }
        return content
    }

    /// Uploads a blob; one that the coordinator has costs one chunk.
    package func put(_ digest: Digest, _ content: [UInt8]) throws(RouteGridError) {
        var offset = 0
        while true {
            let (put, data) = BlobTransfer.put(digest, content, offset: offset)
            let answer = try ask(WireMessage(.put(put), data: data))
            guard case .stored(let stored) = answer.body, stored.sha == digest.data else {
                throw unexpected(answer, "a confirmation of the blob")
            }
            guard stored.error.isEmpty else {
                throw RouteGridError(.system, "the coordinator did not store blob \(digest): \(stored.error)")
            }
            if stored.complete { return }
            offset = Int(clamping: stored.nextOffset)
            guard offset < content.count else { throw unexpected(answer, "an offset inside the blob") }
        }
    }
}

/// The messages that transfer a blob in chunks.
package enum BlobTransfer {
    package static func fetch(_ digest: Digest, offset: Int) -> WireFetch {
        var fetch = WireFetch()
        fetch.sha = digest.data
        fetch.offset = UInt64(offset)
        fetch.length = UInt64(WireProtocol.chunkSize)
        return fetch
    }

    /// The chunk of `content` at `offset`; empty when the offset is at or past the end.
    package static func put(_ digest: Digest, _ content: [UInt8], offset: Int) -> (WirePut, [UInt8]) {
        var put = WirePut()
        put.sha = digest.data
        put.offset = UInt64(offset)
        put.total = UInt64(content.count)
        let start = min(offset, content.count)
        return (put, Array(content[start..<min(start + WireProtocol.chunkSize, content.count)]))
    }
}
