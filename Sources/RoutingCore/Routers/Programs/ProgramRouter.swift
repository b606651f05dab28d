import Catalog
import RouteGridBase
import RoutingData

/// Router `exec`: a program fits and predicts all rows that are evaluated in one go.
///
/// It is asked at the fit about the dev and test rows; evaluations read its answer. What it is given is what `linear`
/// and `knn` read: the fused embeddings of the train modality.
struct ProgramRouter: FittedRouter {
    private let place: String
    private let modality: Modality?
    /// Where each row is in the answer.
    private let places: [Int: Int]
    private let answer: RouterOutput

    /// - Throws: `badInput` when no program may run here or its answer is not valid; what the program's run throws.
    init(_ request: FitRequest) throws {
        let command = try TypedParameters(request.router).text(RouterCatalog.commandParameter)
        place = "router exec \(SafeText.line(command))"
        guard let programs = request.programs else {
            throw RouteGridError.badInput(place, "programs run on workers only, and only those that they allow")
        }
        modality = request.modality
        let features = try FeatureMap(request)
        let rows = Set(request.parts.dev).union(request.parts.test).sorted()
        let input = ProgramExchange.input(
            request,
            train: try features.features(for: request.parts.train, of: request.table),
            test: try features.features(for: rows, of: request.table),
            rows: rows
        )
        let models = request.table.models
        let limit = ProgramExchange.limit(rows: rows.count, models: models.count)
        let output = try programs.answer(of: command, to: input, file: request.file, limit: limit)
        answer = try ProgramExchange.output(output, rows: rows.count, models: models, place: "\(place): its answer")
        places = Dictionary(uniqueKeysWithValues: rows.enumerated().map { ($1, $0) })
    }

    func output(for rows: [Int], of table: OutcomeTable, modality: Modality?) throws -> RouterOutput {
        if let modality, modality != self.modality {
            throw RouteGridError.badInput(
                place,
                "was asked with modality \(self.modality?.rawValue ?? "none"), not \(modality.rawValue): programs are "
                    + "evaluated on the modality that they are trained on"
            )
        }
        let chosen = try rows.map { row in
            guard let place = places[row] else {
                throw RouteGridError.badInput(place, "row \(row) is neither of dev nor of test")
            }
            return place
        }
        switch answer {
        case .predictions(let quality, let cost):
            return .predictions(quality: quality.rows(chosen), cost: cost.rows(chosen))
        case .scores(let scores): return .scores(scores.rows(chosen))
        case .policies(let policies): return .policies(policies.map { policy in chosen.map { policy[$0] } })
        }
    }
}

extension ProgramRouter {
    static let kinds = [
        RouterKind(
            "exec",
            file: .never(because: "it is a program of yours, which keeps its own fit: run the program")
        ) { try ProgramRouter($0) }
    ]
}
