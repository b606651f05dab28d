import Catalog
import RouteGridBase
import RoutingData

/// Router `recorded`: the choices that a file holds, one operating point a budget of the file.
///
/// Nothing is fitted. A query without an answer counts as wrong and is charged as a missing outcome is.
struct RecordedRouter: FittedRouter {
    private let choices: RecordedChoices

    init(_ request: FitRequest) throws {
        guard let file = request.file else {
            throw RouteGridError.badInput("router recorded", "the file of the choices is not at hand")
        }
        let names = try TypedParameters(request.router).text("names")
        choices = try RecordedChoices(bytes: file, place: "router recorded", names: names)
    }

    func output(for rows: [Int], of table: OutcomeTable, modality: Modality?) -> RouterOutput {
        .policies(choices.policies(for: rows, samples: table.samples, models: table.models))
    }
}

extension RecordedRouter {
    static let kinds = [
        RouterKind(
            "recorded",
            file: .never(because: "it repeats choices that were made for the dataset's own queries")
        ) { try RecordedRouter($0) }
    ]
}
