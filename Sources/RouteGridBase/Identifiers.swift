/// A submitted grid.
///
/// Numbers grow and are never used again.
package struct RunID: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let rawValue: UInt64
    package init(_ rawValue: UInt64) { self.rawValue = rawValue }
    package static func < (left: RunID, right: RunID) -> Bool { left.rawValue < right.rawValue }
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
