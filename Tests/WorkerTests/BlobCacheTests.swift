import Foundation
import RouteGridBase
import Testing
import Worker

@Suite struct BlobCacheTests {
    let folder = "\(FileManager.default.temporaryDirectory.path)/rg-cache-\(UInt64.random(in: 0...UInt64.max))"

    @Test func `what was used longest ago goes first, and nothing that is pinned`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let cache = try BlobCache(folder: folder, limit: 3500)
        let blobs = try (0..<4).map { try add(UInt8($0), to: cache, beforeLast: $0 == 3) }
        // 0 is pinned, 1 was touched again, 2 went when 3 came.
        #expect(blobs.map { cache.contains($0) } == [true, true, false, true])
        #expect(cache.byteCount == 3000)
        cache.unpin(blobs[0])
        _ = try add(9, to: cache, beforeLast: false)
        #expect(cache.byteCount <= 3500)
    }

    @Test func `a blob is kept until all who pinned it have unpinned it`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let cache = try BlobCache(folder: folder, limit: 1500)
        let blob = Digest(hashing: Data(repeating: 0, count: 1000))
        cache.pin(blob)
        _ = try add(0, to: cache, beforeLast: false)
        for (number, isKept) in [(1, true), (2, false)] as [(UInt8, Bool)] {
            cache.unpin(blob)
            _ = try add(number, to: cache, beforeLast: false)
            #expect(cache.contains(blob) == isKept)
        }
    }

    @Test func `a blob that another process has removed is not there`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let cache = try BlobCache(folder: folder, limit: 1500)
        let blob = try add(1, to: cache, beforeLast: false)
        #expect(cache.contains(blob))
        try FileManager.default.removeItem(atPath: cache.path(of: blob))
        #expect(!cache.contains(blob))
        #expect(cache.byteCount == 0)
    }

    @Test func `a file of another size than the blob is not the blob`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let cache = try BlobCache(folder: folder, limit: 10_000)
        let blob = try add(1, to: cache, beforeLast: false)
        #expect(cache.contains(blob, byteCount: 1000))
        #expect(truncate(cache.path(of: blob), 999) == 0)
        #expect(!cache.contains(blob, byteCount: 1000))
    }

    @Test func `a folder that others can change is no cache`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        _ = try add(1, to: try BlobCache(folder: folder, limit: 10_000), beforeLast: false)
        #expect(chmod(folder, 0o777) == 0)
        let error = #expect(throws: RouteGridError.self) { try BlobCache(folder: folder, limit: 10_000) }
        #expect(error?.code == .usage && error?.message.contains("--cache") == true)
    }

    @Test func `a new process finds what is there and removes what was left half-written days ago`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let first = try BlobCache(folder: folder, limit: 10_000)
        let blob = try add(1, to: first, beforeLast: false)
        let (old, new) = ("\(folder)/incoming-4194000-\(blob.hex)", first.temporaryPath(of: Digest(hashing: [7])))
        for path in [old, new] { #expect(FileManager.default.createFile(atPath: path, contents: Data([1]))) }
        let days = [FileAttributeKey.modificationDate: Date(timeIntervalSinceNow: -3 * 86_400)]
        try FileManager.default.setAttributes(days, ofItemAtPath: old)
        let second = try BlobCache(folder: folder, limit: 10_000)
        #expect(second.contains(blob))
        #expect(second.byteCount == 1000)
        #expect(!FileManager.default.fileExists(atPath: old))
        #expect(FileManager.default.fileExists(atPath: new))
    }

    @Test func `a folder that cannot be made is named`() {
        let error = #expect(throws: RouteGridError.self) { try BlobCache(folder: "/dev/null/cache", limit: 1) }
        #expect(error?.message.contains("/dev/null/cache") == true)
    }

    private func add(_ seed: UInt8, to cache: BlobCache, beforeLast: Bool) throws -> Digest {
        let content = Data(repeating: seed, count: 1000)
        let digest = Digest(hashing: content)
        if seed == 0 { cache.pin(digest) }
        if beforeLast { _ = cache.contains(Digest(hashing: Data(repeating: 1, count: 1000))) }
        let path = cache.temporaryPath(of: digest)
        try content.write(to: URL(fileURLWithPath: path))
        try cache.adopt(path, as: digest)
        return digest
    }
}

@Suite struct ResultOutboxTests {
    let keys = (0..<4).map { JobKey(hashing: [UInt8($0)]) }

    /// The result of a key, or another one.
    private func name(_ key: JobKey, result: String = "right") -> ResultOutbox.Name {
        ResultOutbox.Name(jobKey: key, resultDigest: Digest(hashing: result.utf8))
    }

    @Test func `an acknowledgement of another result of the key is not one`() {
        var outbox = ResultOutbox()
        outbox.add([1], lease: LeaseID(1), cells: [1], names: [name(keys[0])], blockers: [])
        outbox.add([2, 2], lease: LeaseID(2), cells: [1], names: [name(keys[0], result: "other")], blockers: [])
        #expect(outbox.byteCount == 3)
        #expect(outbox.acknowledge(name(keys[0], result: "third")) == nil)
        #expect(outbox.acknowledge(name(keys[0], result: "other"))?.lease == LeaseID(2))
        #expect(outbox.keys == [keys[0]] && outbox.byteCount == 1)
        #expect(outbox.acknowledge(name(keys[0]))?.lease == LeaseID(1))
        #expect(outbox.isEmpty && outbox.byteCount == 0)
    }

    @Test func `a batch stays until every key is acknowledged`() {
        var outbox = ResultOutbox()
        outbox.add([1], lease: LeaseID(5), cells: [10, 11], names: [name(keys[0]), name(keys[1])], blockers: [])
        #expect(sent(&outbox) == [[1]])
        #expect(sent(&outbox) == [])
        #expect(outbox.acknowledge(name(keys[0])) == ResultOutbox.Entry(lease: LeaseID(5), cell: 10))
        #expect(outbox.acknowledge(name(keys[0])) == nil)
        outbox.restart()
        #expect(sent(&outbox) == [[1]])
        #expect(outbox.acknowledge(name(keys[1])) == ResultOutbox.Entry(lease: LeaseID(5), cell: 11))
        outbox.restart()
        #expect(outbox.isEmpty && sent(&outbox) == [])
    }

    @Test func `a batch waits for its blobs and lets others pass`() {
        var outbox = ResultOutbox()
        outbox.add([1], lease: LeaseID(1), cells: [1], names: [name(keys[0])], blockers: [keys[3].digest])
        outbox.add([2], lease: LeaseID(1), cells: [2], names: [name(keys[1])], blockers: [])
        #expect(sent(&outbox) == [[2]])
        outbox.unblock(keys[3].digest)
        #expect(sent(&outbox) == [[1]])
    }

    @Test func `one key of two runs takes two acknowledgements`() {
        var outbox = ResultOutbox()
        outbox.add([1], lease: LeaseID(1), cells: [1], names: [name(keys[0])], blockers: [])
        outbox.add([2], lease: LeaseID(2), cells: [9], names: [name(keys[0])], blockers: [])
        #expect(outbox.acknowledge(name(keys[0]))?.lease == LeaseID(1))
        #expect(!outbox.isEmpty)
        #expect(outbox.acknowledge(name(keys[0]))?.lease == LeaseID(2))
        #expect(outbox.isEmpty)
    }

    @Test func `what is not taken is offered again`() {
        var outbox = ResultOutbox()
        for index in 0..<3 {
            outbox.add([UInt8(index)], lease: LeaseID(1), cells: [1], names: [name(keys[index])], blockers: [])
        }
        var taken: [[UInt8]] = []
        outbox.flush { frame in
            guard taken.isEmpty else { return false }
            taken.append(frame)
            return true
        }
        #expect(taken == [[0]])
        #expect(sent(&outbox) == [[1], [2]])
    }

    private func sent(_ outbox: inout ResultOutbox) -> [[UInt8]] {
        var frames: [[UInt8]] = []
        outbox.flush { frame in
            frames.append(frame)
            return true
        }
        return frames
    }
}
