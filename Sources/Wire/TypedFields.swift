package import RouteGridBase

// Protobuf knows numbers only: these are the types that they stand for.

/// A message about one lease, with its fence.
package protocol LeaseMessage {
    var lease: UInt64 { get set }
    var fence: UInt64 { get set }
}

extension LeaseMessage {
    package var leaseID: LeaseID {
        get { LeaseID(lease) }
        set { lease = newValue.rawValue }
    }

    package var leaseFence: Fence {
        get { Fence(fence) }
        set { fence = newValue.rawValue }
    }
}

/// A message between a supervisor and its slot, about one lease.
package protocol SlotLeaseMessage {
    var lease: UInt64 { get set }
}

extension SlotLeaseMessage {
    package var leaseID: LeaseID {
        get { LeaseID(lease) }
        set { lease = newValue.rawValue }
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

extension WireLease: LeaseMessage, RunMessage {}
extension WireLeaseRef: LeaseMessage, RunMessage {}
extension WireHeldLease: LeaseMessage {}
extension WireStarted: LeaseMessage {}
extension WireFailed: LeaseMessage {}
extension WireRelease: LeaseMessage {}
extension WireRevoke: LeaseMessage {}
extension WireResult: LeaseMessage, RunMessage {}
extension WireSubmitted: RunMessage {}
extension WireFollow: RunMessage {}
extension SlotTask: SlotLeaseMessage {}
extension SlotFitted: SlotLeaseMessage {}
extension SlotBatch: SlotLeaseMessage {}
extension SlotCellFailed: SlotLeaseMessage {}
extension SlotFinished: SlotLeaseMessage {}
extension SlotSkip: SlotLeaseMessage {}
