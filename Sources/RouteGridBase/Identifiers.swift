/// A submitted grid.
///
/// Numbers grow and are never used again.
package struct RunID: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let rawValue: UInt64
    package init(_ rawValue: UInt64) { self.rawValue = rawValue }
    package static func < (left: RunID, right: RunID) -> Bool { left.rawValue < right.rawValue }
    package var description: String { "\(rawValue)" }
}

/// A cell of a grid: its place in the grid's order of cells, so that the cells of one fit are a range.
///
/// Inlinable: the scheduler's loops over cells are in another module.
package struct CellID: Hashable, Strideable, Sendable, CustomStringConvertible, ExpressibleByIntegerLiteral {
    package let rawValue: Int
    @inlinable package init(_ rawValue: Int) { self.rawValue = rawValue }
    /// The cell of a number in a message, which may name more cells than there can be.
    package init(clamping number: UInt64) { rawValue = Int(clamping: number) }
    /// Its number in a message.
    package var number: UInt64 { UInt64(rawValue) }
    @inlinable package init(integerLiteral value: Int) { rawValue = value }
    @inlinable package static func < (left: CellID, right: CellID) -> Bool { left.rawValue < right.rawValue }
    @inlinable package static func == (left: CellID, right: CellID) -> Bool { left.rawValue == right.rawValue }
    @inlinable package func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }
    @inlinable package var next: CellID { CellID(rawValue + 1) }
    @inlinable package func advanced(by count: Int) -> CellID { CellID(rawValue + count) }
    @inlinable package func distance(to other: CellID) -> Int { other.rawValue - rawValue }
    package var description: String { "\(rawValue)" }
}

/// One process of a worker, from its start to its end.
package struct WorkerID: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let rawValue: UInt64
    package init(_ rawValue: UInt64) { self.rawValue = rawValue }
    package static func < (left: WorkerID, right: WorkerID) -> Bool { left.rawValue < right.rawValue }
    package var description: String { "w\(rawValue)" }
}

/// One hand-out of cells of one fit to one worker.
package struct LeaseID: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let rawValue: UInt64
    package init(_ rawValue: UInt64) { self.rawValue = rawValue }
    package static func < (left: LeaseID, right: LeaseID) -> Bool { left.rawValue < right.rawValue }
    package var description: String { "l\(rawValue)" }
}

/// A number that grows with every lease, over coordinator restarts too: `epoch << 32 | counter`.
package struct Fence: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let rawValue: UInt64
    package init(_ rawValue: UInt64) { self.rawValue = rawValue }
    package init(epoch: UInt32, counter: UInt32) { rawValue = UInt64(epoch) << 32 | UInt64(counter) }
    package static func < (left: Fence, right: Fence) -> Bool { left.rawValue < right.rawValue }
    package var description: String { "\(rawValue >> 32).\(rawValue & 0xFFFF_FFFF)" }
}

/// A digest that names one kind of thing.
///
/// Keys of jobs and of fits are both SHA-256 digests; as types they cannot take each other's place, nor that of a
/// blob's ``Digest``.
package protocol DigestKey: Hashable, Comparable, Sendable, CustomStringConvertible {
    var digest: Digest { get }
    init(_ digest: Digest)
}

extension DigestKey {
    /// The key whose canonical bytes these are.
    package init(hashing bytes: some Sequence<UInt8>) { self.init(Digest(hashing: bytes)) }

    /// The key whose canonical bytes these are, for bytes that should not be copied.
    package init(hashing bytes: UnsafeRawBufferPointer) { self.init(Digest(hashing: bytes)) }

    /// The key whose 32 bytes these are, or nil when there are not 32.
    package init?(bytes: some Collection<UInt8>) {
        guard let digest = Digest(bytes: bytes) else { return nil }
        self.init(digest)
    }

    /// The key with these 64 lower-case hex digits, or nil when they are not.
    package init?(hex: some StringProtocol) {
        guard let digest = Digest(hex: hex) else { return nil }
        self.init(digest)
    }

    /// The 32 bytes.
    package var bytes: [UInt8] { digest.bytes }

    /// Calls `body` with the 32 bytes.
    package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try digest.withBytes(body)
    }

    /// Appends the 32 bytes.
    package func append(to bytes: inout [UInt8]) { digest.append(to: &bytes) }

    /// 64 lower-case hex digits.
    package var hex: String { digest.hex }

    /// 64 lower-case hex digits as ASCII.
    package var hexBytes: [UInt8] { digest.hexBytes }

    package var description: String { digest.hex }

    package static func < (left: Self, right: Self) -> Bool { left.digest < right.digest }
}

/// Names one job: the hash of all that its result depends on.
package struct JobKey: DigestKey {
    package let digest: Digest
    package init(_ digest: Digest) { self.digest = digest }
}

/// Names one fit: the hash of all that it depends on, data and seed included.
package struct FitKey: DigestKey {
    package let digest: Digest
    package init(_ digest: Digest) { self.digest = digest }
}
