package import RouteGridBase

// Protobuf knows numbers only: these are the types that they stand for.

/// A message about one lease.
package protocol LeaseMessage {
    var lease: UInt64 { get set }
}

extension LeaseMessage {
    package var leaseID: LeaseID {
        get { LeaseID(lease) }
        set { lease = newValue.rawValue }
    }
}

/// One that also has the fence of the lease: all between coordinator and worker; a slot needs none.
package protocol FencedMessage: LeaseMessage {
    var fence: UInt64 { get set }
}

extension FencedMessage {
    package var leaseFence: Fence {
        get { Fence(fence) }
        set { fence = newValue.rawValue }
    }
}

/// A message about one run.
package protocol RunMessage {
    var run: UInt64 { get set }
}

extension RunMessage {
    package var runID: RunID {
        get { RunID(run) }
        set { run = newValue.rawValue }
    }
}

extension WireLease: FencedMessage, RunMessage {}
extension WireLeaseRef: FencedMessage, RunMessage {}
extension WireHeldLease: FencedMessage {}
extension WireStarted: FencedMessage {}
extension WireFailed: FencedMessage {}
extension WireRelease: FencedMessage {}
extension WireRevoke: FencedMessage {}
extension WireResult: FencedMessage, RunMessage {}
extension WireSubmitted: RunMessage {}
extension WireFollow: RunMessage {}
extension SlotTask: LeaseMessage {}
extension SlotFitted: LeaseMessage {}
extension SlotBatch: LeaseMessage {}
extension SlotCellFailed: LeaseMessage {}
extension SlotFinished: LeaseMessage {}
extension SlotSkip: LeaseMessage {}
