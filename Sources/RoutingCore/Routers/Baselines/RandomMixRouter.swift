import Catalog
import RouteGridBase
import RoutingData
import Scoring

/// The straight lines between single models: what mixing two models by lot achieves without looking at the query.
///
/// The upper hull of (mean train cost, mean train quality) over the pool, from the cheapest model to the best one, is
/// cut at `points` equally spaced costs. At each the two hull corners around it share the queries in proportion; which
/// query goes to which is one random order of the queries, so that the shares are exact and neighbouring points nested.
/// Under a listed budget there is one point: the mixture that spends the budget.
struct RandomMixRouter: CappedRouter {
    struct Mix: Sendable {
        var cheap: Int
        var dear: Int
        /// The share of queries that the dear model gets, 0…1.
        var share: Double
    }

    let mixes: [Mix]
    let streams: RandomStreams
    /// Nil for one mixture that was written: it knows no other.
    private let ranking: PoolRanking?
    /// Of the hull, costs strictly rising.
    private let corners: [Int]
    /// Whether shares of queries are rounded down, so that the mean train cost stays within the budget.
    let roundsDown: Bool

    init(_ request: FitRequest) throws {
        let points = try TypedParameters(request.router).integer("points")
        let ranking = PoolRanking(request.table, rows: request.parts.train, minimum: request.minCoverage)
        let corners = Self.hull(of: ranking)
        let (low, high) = (ranking.cost[corners[0]], ranking.cost[corners[corners.count - 1]])
        mixes = (0..<max(points, 1)).map { point in
            guard points > 1 else { return Mix(cheap: corners[0], dear: corners[0], share: 0) }
            return Self.mix(corners, ranking, at: low + (high - low) * Double(point) / Double(points - 1))
        }
        streams = request.streams
        roundsDown = false
        (self.ranking, self.corners) = (ranking, corners)
    }

    private init(_ mix: Mix, of router: RandomMixRouter) {
        (mixes, streams, ranking, corners) = ([mix], router.streams, router.ranking, router.corners)
        roundsDown = true
    }

    /// One mixture that was written.
    init(_ mix: Mix, streams: RandomStreams, roundsDown: Bool) {
        (mixes, self.streams, self.roundsDown) = ([mix], streams, roundsDown)
        (ranking, corners) = (nil, [])
    }

    func capped(at limit: Double) -> CappedPolicy? {
        guard let ranking else { return nil }
        let mix = Self.mix(corners, ranking, at: limit)
        let (cheap, dear) = (ranking.cost[mix.cheap], ranking.cost[mix.dear])
        return CappedPolicy(router: RandomMixRouter(mix, of: self), plannedCost: cheap + mix.share * (dear - cheap))
    }

    /// The mixture of two neighbouring corners that costs `cost`, or the corner at the end that is nearer to it.
    private static func mix(_ corners: [Int], _ ranking: PoolRanking, at cost: Double) -> Mix {
        guard let next = corners.firstIndex(where: { ranking.cost[$0] >= cost }) else {
            let last = corners[corners.count - 1]
            return Mix(cheap: last, dear: last, share: 0)
        }
        guard next > 0 else { return Mix(cheap: corners[0], dear: corners[0], share: 0) }
        let (cheap, dear) = (corners[next - 1], corners[next])
        let share = (cost - ranking.cost[cheap]) / (ranking.cost[dear] - ranking.cost[cheap])
        return Mix(cheap: cheap, dear: dear, share: min(max(share, 0), 1))
    }

    /// The corners of the upper hull from the cheapest to the strongest model, costs strictly rising.
    private static func hull(of ranking: PoolRanking) -> [Int] {
        let last = ranking.strongest
        let candidates = ranking.candidates
            .filter { ranking.cost[$0] <= ranking.cost[last] && ranking.quality[$0] <= ranking.quality[last] }
            .sorted { (ranking.cost[$0], -ranking.quality[$0], $0) < (ranking.cost[$1], -ranking.quality[$1], $1) }
        var corners: [Int] = []
        for model in candidates {
            if let end = corners.last, ranking.quality[model] <= ranking.quality[end] { continue }
            while corners.count > 1 {
                let (a, b) = (corners[corners.count - 2], corners[corners.count - 1])
                let old = (ranking.quality[b] - ranking.quality[a]) * (ranking.cost[model] - ranking.cost[a])
                let new = (ranking.quality[model] - ranking.quality[a]) * (ranking.cost[b] - ranking.cost[a])
                guard new >= old else { break }
                corners.removeLast()
            }
            corners.append(model)
        }
        return corners.isEmpty ? [last] : corners
    }

    func output(for rows: [Int], of table: OutcomeTable, modality: Modality?) -> RouterOutput {
        var order = Array(rows.indices)
        var generator = streams.stream("mix")
        generator.shuffle(&order)
        return .policies(
            mixes.map { mix in
                let exact = mix.share * Double(rows.count)
                let dearCount = Int(roundsDown ? exact.rounded(.down) : exact.rounded())
                var choices = [Int](repeating: mix.cheap, count: rows.count)
                for place in order.prefix(dearCount) { choices[place] = mix.dear }
                return choices
            }
        )
    }
}

extension RandomMixRouter {
    static let kinds = [
        RouterKind("random-mix", file: .read { try RandomMixRouter($0) }) { try RandomMixRouter($0) }
    ]
}
