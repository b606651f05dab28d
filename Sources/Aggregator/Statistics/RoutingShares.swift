import RouteGridBase
import RoutingData
import Scoring

/// Which share of the items each model gets, by budget: means over a row's runs as `RunMeans` takes them.
package struct RoutingShares: Hashable, Sendable {
    /// Places that are kept of a curve.
    static let mostPlaces = 6
    /// Models that are named of each place.
    static let named = 3

    /// One place of the curve: a point of every run, from each run's cheapest to its dearest.
    package struct Place: Hashable, Sendable {
        /// In the dataset's cost unit.
        package fileprivate(set) var cost = 0.0
        package fileprivate(set) var accuracy = 0.0
        /// `[models + 1]`, 0…1; the last one is of items without an answer.
        package fileprivate(set) var shares: [Double]
        /// The share of the model of the highest mean train cost.
        package fileprivate(set) var dearest = 0.0

        fileprivate init(models: Int) { shares = [Double](repeating: 0, count: models + 1) }
    }

    /// In the order of the pool.
    package let models: [String]
    /// The model of the highest mean train cost, on the first split.
    package let dearest: String
    /// At the largest budget.
    package private(set) var largest: Place
    /// By rising cost.
    package private(set) var places: [Place]

    /// Nothing is added yet.
    ///
    /// - Parameters:
    ///   - part: What the first run was read on.
    ///   - points: Operating points of a run, the fewest of any.
    init(_ part: EvaluatedPart, points: Int) {
        models = part.models
        dearest = part.dearest.map { part.models[$0] } ?? ""
        largest = Place(models: part.models.count)
        places = Array(repeating: Place(models: part.models.count), count: min(points, Self.mostPlaces))
    }

    /// Adds a run.
    ///
    /// - Parameters:
    ///   - run: With a reading.
    ///   - choices: `[points, items]`, of the run.
    ///   - part: What it was read on, with as many models as the first one.
    ///   - weight: What it counts; those of all runs add up to 1.
    mutating func add(_ run: BoardRun, _ choices: Matrix<ModelNumber>, on part: EvaluatedPart, weight: Double) {
        let order = run.points.indices.sorted { (run.points[$0].cost, $0) < (run.points[$1].cost, $1) }
        let last = order.count - 1
        for place in places.indices {
            let step = places.count > 1 ? (place * last + (places.count - 1) / 2) / (places.count - 1) : last
            places[place].add(run, choices, at: order[step], on: part, weight: weight)
        }
        largest.add(run, choices, at: run.reading?.picks.largest ?? last, on: part, weight: weight)
    }

    /// The models of the largest shares at a place, the first of equals first.
    package func top(_ place: Place, _ count: Int = RoutingShares.named) -> [(model: String, share: Double)] {
        models.indices.filter { place.shares[$0] > 0 }
            .sorted { (-place.shares[$0], $0) < (-place.shares[$1], $1) }
            .prefix(count).map { (models[$0], place.shares[$0]) }
    }

    /// `model 0.6125; model 0.2; …` at the largest budget.
    var words: String {
        top(largest).map { "\($0.model) \(JSONValue.shortestText($0.share))" }.joined(separator: "; ")
    }

    /// `{"models": [{"model", "share"}], "unanswered", "dearest": {"model", "share"}, "places": […]}`.
    var json: JSONValue {
        func named(_ place: Place) -> JSONValue {
            .array(top(place).map { ["model": .string($0.model), "share": .double($0.share)] })
        }
        return [
            "models": named(largest), "unanswered": .double(largest.shares.last ?? 0),
            "dearest": ["model": .string(dearest), "share": .double(largest.dearest)],
            "places": .array(
                places.map { place in
                    [
                        "cost": .double(place.cost), "accuracy": .double(place.accuracy), "models": named(place),
                        "dearest": .double(place.dearest),
                    ]
                }
            ),
        ]
    }
}

extension RoutingShares.Place {
    fileprivate mutating func add(
        _ run: BoardRun,
        _ choices: Matrix<ModelNumber>,
        at point: Int,
        on part: EvaluatedPart,
        weight: Double
    ) {
        var counts = [Int](repeating: 0, count: shares.count)
        for choice in choices.row(point) { counts[Int(choice)] += 1 }
        let items = Double(choices.columns)
        for model in counts.indices { shares[model] += weight * Double(counts[model]) / items }
        if let model = part.dearest { dearest += weight * Double(counts[model]) / items }
        cost += weight * run.points[point].cost
        accuracy += weight * run.points[point].accuracy
    }
}
