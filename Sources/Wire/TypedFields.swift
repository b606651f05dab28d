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

/// A message about one cell.
package protocol CellMessage {
    var cell: UInt64 { get set }
}

extension CellMessage {
    package var cellID: CellID {
        get { CellID(clamping: cell) }
        set { cell = newValue.number }
    }
}

/// A message about several cells.
package protocol CellsMessage {
    var cells: [UInt64] { get set }
}

extension CellsMessage {
    package var cellIDs: [CellID] {
        get { cells.map(CellID.init(clamping:)) }
        set { cells = newValue.map(\.number) }
    }
}

extension WireLease: FencedMessage, RunMessage {}
extension WireLeaseRef: FencedMessage, RunMessage, CellsMessage {}
extension WireLeasedCell: CellMessage {}
extension WireHeldLease: FencedMessage {}
extension WireStarted: FencedMessage, CellMessage {}
extension WireFailed: FencedMessage, CellMessage {}
extension WireRelease: FencedMessage, CellsMessage {}
extension WireRevoke: FencedMessage, CellsMessage {}
extension WireResult: FencedMessage, RunMessage {}
extension WireSubmitted: RunMessage {}
extension WireFollow: RunMessage {}
extension WireResultItem: CellMessage {}
extension SlotTask: LeaseMessage {}
extension SlotCell: CellMessage {}
extension SlotFitted: LeaseMessage {}
extension SlotBatch: LeaseMessage, CellsMessage {}
extension SlotCellFailed: LeaseMessage, CellMessage {}
extension SlotFinished: LeaseMessage {}
extension SlotSkip: LeaseMessage, CellsMessage {}
