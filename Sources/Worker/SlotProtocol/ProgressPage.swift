import CPlatform
import Glibc
package import RouteGridBase

/// The current step of a slot process, in memory that it shares with its supervisor.
///
/// A slot that hangs or dies cannot report it; the page still shows the step and its start.
package final class ProgressPage: @unchecked Sendable {
    package enum Step: Hashable, Sendable {
        case idle
        /// Reading data and fitting, for a lease.
        case fit(lease: LeaseID)
        case cell(CellID, lease: LeaseID)

        /// The lease of the current step; none while idle.
        package var lease: LeaseID? {
            switch self {
            case .idle: nil
            case .fit(let lease), .cell(_, let lease): lease
            }
        }
    }

    // Fields of the page are atomic; pointer and descriptor never change.
    private let page: OpaquePointer
    package let descriptor: Int32

    /// Makes a new page, or maps the one behind an inherited descriptor.
    package init(descriptor inherited: Int32? = nil) throws(RouteGridError) {
        let descriptor = inherited ?? cplatform_progress_make()
        guard descriptor >= 0, let page = cplatform_progress_map(descriptor) else {
            throw RouteGridError(.system, "no progress page for a slot: \(String(cString: strerror(errno)))")
        }
        self.descriptor = descriptor
        self.page = page
    }

    deinit {
        cplatform_progress_unmap(page)
        cplatform_close(descriptor)
    }

    /// Sets the step that starts now.
    package func begin(_ step: Step) {
        switch step {
        case .idle: cplatform_progress_begin(page, 0, 0, 0)
        case .fit(let lease): cplatform_progress_begin(page, 1, lease.rawValue, 0)
        case .cell(let cell, let lease): cplatform_progress_begin(page, 2, lease.rawValue, cell.number)
        }
    }

    /// The current step, and its duration so far.
    package func read() -> (step: Step, elapsed: Duration) {
        var (step, lease, number, since): (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        cplatform_progress_read(page, &step, &lease, &number, &since)
        let now = cplatform_monotonic()
        let elapsed = Duration.nanoseconds(Int64(clamping: now > since ? now - since : 0))
        switch step {
        case 1: return (.fit(lease: LeaseID(lease)), elapsed)
        case 2: return (.cell(CellID(clamping: number), lease: LeaseID(lease)), elapsed)
        default: return (.idle, elapsed)
        }
    }
}
