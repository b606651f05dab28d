import RouteGridBase
import RoutingData

/// The blobs of a grid, each once, by digest.
struct BlobCollector {
    private(set) var sources: [Digest: BlobSource] = [:]

    mutating func add(_ matrix: Matrix<Double>) -> Digest { add { TensorBlob.encode(matrix) } }
    mutating func add(_ matrix: Matrix<Float>) -> Digest { add { TensorBlob.encode(matrix) } }
    mutating func add(_ samples: [Sample]) -> Digest { add { SampleList.encode(samples) } }
    mutating func add(_ json: JSONValue) -> Digest { add { json.canonicalBytes() } }
    mutating func add(_ bytes: [UInt8]) -> Digest { add { bytes } }

    private mutating func add(_ make: @escaping @Sendable () -> [UInt8]) -> Digest {
        let bytes = make()
        let digest = Digest(hashing: bytes)
        sources[digest] = BlobSource(byteCount: bytes.count, make)
        return digest
    }

    /// Digests with sizes, in the order of the digests.
    var list: [GridLockContents.Blob] {
        sources.keys.sorted().map { .init(digest: $0, byteCount: sources[$0]?.byteCount ?? 0) }
    }
}
