/// How far a run is on its way to test.
///
/// single | first → choosing → second(cells). A run whose selection is on disk begins in its second stage.
enum RunStage: Sendable {
    /// Every cell may run.
    case single
    /// Deferred cells (part test) wait until all others are over.
    case first
    /// The others are over, and the selection is being made out of their records.
    case choosing
    /// These deferred cells may run and no other, for ever.
    case second(CellBitmap)

    /// Whether a deferred cell may run.
    func admits(_ cell: Int) -> Bool {
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
