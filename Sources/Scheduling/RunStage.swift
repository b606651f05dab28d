import RouteGridBase

/// The stage of a run.
///
/// single | first → choosing → second(cells). A run whose selection is on disk begins in its second stage.
enum RunStage: Sendable {
    /// Every cell may run.
    case single
    /// Deferred cells (part test) wait until all others have ended.
    case first
    /// The others have ended, and the selection is being made from their records.
    case choosing
    /// These deferred cells may run, and never any other.
    case second(CellBitmap)

    /// Whether a deferred cell may run.
    func admits(_ cell: CellID) -> Bool {
        switch self {
        case .single: true
        case .first, .choosing: false
        case .second(let selected): selected.contains(cell)
        }
    }

    /// How many deferred cells may run; nil when all may.
    var admittedCount: Int? {
        switch self {
        case .single: nil
        case .first, .choosing: 0
        case .second(let selected): selected.count
        }
    }

    /// 1 or 2; nil for a run of one stage.
    var number: Int? {
        switch self {
        case .single: nil
        case .first, .choosing: 1
        case .second: 2
        }
    }
}
