import RouteGridBase

/// What happens when a cell runs.
enum Fate: Hashable {
    case succeeds
    /// Reports a failure this many times, and then succeeds.
    case fails(times: Int)
    case failsForGood(isRetryable: Bool)
    /// Crashes its slot process this many times.
    case crashesSlot(times: Int)
    /// Crashes its whole worker this many times.
    case killsWorker(times: Int)
    /// Runs until its timeout this many times.
    case hangs(times: Int)

    /// It can never have a result.
    var isHopeless: Bool {
        switch self {
        case .failsForGood: true
        case .crashesSlot(let times), .killsWorker(let times), .fails(let times), .hangs(let times): times >= 1_000
        case .succeeds: false
        }
    }

    static func draw(badRate: Double, using random: inout Xoshiro256) -> Fate {
        guard random.uniform() < badRate else { return .succeeds }
        let times = random.below(5) == 0 ? 1_000 : 1 + random.below(2)
        switch random.below(8) {
        case 0, 1, 2: return .fails(times: times)
        case 3: return .failsForGood(isRetryable: random.below(2) == 0)
        case 4: return .hangs(times: min(times, 2))
        case 5, 6: return .crashesSlot(times: times)
        default: return .killsWorker(times: times)
        }
    }
}
