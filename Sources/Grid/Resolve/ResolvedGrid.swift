package import RouteGridBase

/// A grid with everything that running it takes: the lock, and the blobs that the lock names.
package struct ResolvedGrid: Sendable {
    package var lock: GridLock
    /// Exactly the blobs of the lock.
    package var blobs: [Digest: BlobSource]
    /// What should be looked at in the data before a board of it is believed, one sentence each.
    package var warnings: [String] = []
}

/// Bytes that are made when they are asked for, so that a dataset is held once and not once a blob.
package struct BlobSource: Sendable {
    package let byteCount: Int
    private let make: @Sendable () -> [UInt8]

    init(byteCount: Int, _ make: @escaping @Sendable () -> [UInt8]) {
        self.byteCount = byteCount
        self.make = make
    }

    package func bytes() -> [UInt8] { make() }
}

/// The numerics classes that a machine's kernels come to.
package struct NumericsClasses: Hashable, Sendable {
    /// Such as `openblas-0.3.21/haswell/glibc-2.36/x86_64`: the kernel family is pinned.
    package var portable: String
    /// With the fastest kernel family of the machine.
    package var native: String

    package init(portable: String, native: String) {
        self.portable = portable
        self.native = native
    }

    func text(of numerics: GridFile.Numerics) -> String {
        switch numerics {
        case .portable: portable
        case .native: native
        }
    }
}
