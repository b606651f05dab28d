import Catalog
import RouteGridBase
import RoutingCore
import RoutingData
import Scoring

/// The numbers that stand for what a revision computes.
enum Fingerprint {
    static func router(_ kind: String, fusion: String = "mean") throws -> [Double] {
        try EvaluationMode.allCases.flatMap { mode in
            let request = try FingerprintFixture.request(kind, mode, fusion: fusion)
            let router = try RouterFitting.fit(request)
            let table = mode == .compat ? request.table.filledWithColumnMeans() : request.table
            switch try router.output(for: request.parts.test, of: table, modality: request.modality) {
            case .predictions(let quality, let cost):
                return FingerprintFixture.projections(quality.finite) + FingerprintFixture.projections(cost.finite)
            case .scores(let scores): return FingerprintFixture.projections(scores.finite)
            case .policies(let policies):
                let elements = policies.flatMap { $0.map(Double.init) }
                let columns = policies.first?.count ?? 0
                return FingerprintFixture.projections(
                    Matrix(rows: policies.count, columns: columns, elements: elements)
                )
            }
        }
    }

    static func split(_ kind: Split.Kind) throws -> [Double] {
        try [0, 1].flatMap { index in
            let isPeer = kind.name.contains("compat")
            let split = Split(kind: kind, seed: 7, index: isPeer ? 0 : index)
            let parts = try split.parts(of: FingerprintFixture.samples)
            return [parts.train, parts.dev, parts.test].flatMap { rows in
                let matrix = Matrix(rows: 1, columns: rows.count, elements: rows.map(Double.init))
                return [Double(rows.count)] + FingerprintFixture.projections(matrix)
            }
        }
    }
}

extension Matrix<Double> {
    /// Missing cells as −1, so that they count.
    var finite: Matrix<Double> {
        Matrix(rows: rows, columns: columns, elements: elements.map { $0.isFinite ? $0 : -1 })
    }
}
