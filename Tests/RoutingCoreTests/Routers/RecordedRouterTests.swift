import Catalog
import RouteGridBase
import RoutingCore
import RoutingData
import Scoring
import Testing

/// A router that only answers stands beside the others: its choices come from a file.
@Suite struct RecordedRouterTests {
    private func recorded(_ csv: String, _ table: OutcomeTable, _ parts: SplitParts) throws -> FittedExperiment {
        try FittedExperiment(
            fitting: FitRequest(
                router: try RouterCatalog.configure(kind: "recorded", parameters: ["file": "digest"]),
                mode: .sound,
                streams: RandomStreams(seed: 1, splitIndex: 0, routerKind: "recorded"),
                table: table,
                parts: parts,
                file: Array(csv.utf8)
            )
        )
    }

    private func point(_ experiment: FittedExperiment, _ budget: Budget = .exact) throws -> Evaluation {
        try experiment.evaluate(EvaluationRequest(part: .test, rule: .threshold, budget: budget))
    }

    @Test func `the choices of knn give the accuracy and cost of knn to the bit`() throws {
        let request = try FingerprintFixture.request("knn", .sound)
        let knn = try FittedExperiment(fitting: request)
        for budget in [0.5, 1.5, 2, 4] {
            var csv = "sample_id,model\n"
            for part in EvaluationPart.allCases {
                let asked = EvaluationRequest(part: part, rule: .threshold, budget: .amount(budget))
                let rows = part == .dev ? request.parts.dev : request.parts.test
                for (row, choice) in zip(rows, try knn.evaluate(asked).choices.row(0)) {
                    csv += "\(request.table.samples[row].id),\(request.table.models[Int(choice)])\n"
                }
            }
            let theirs = try point(knn, .amount(budget))
            let ours = try point(recorded(csv, request.table, request.parts))
            let (expected, found) = (theirs.result["points"]?.arrayValue?[0], ours.result["points"]?.arrayValue?[0])
            #expect(found?["accuracy"] == expected?["accuracy"] && found?["cost"] == expected?["cost"])
            #expect(ours.choices == theirs.choices && ours.result["slices"] == theirs.result["slices"])
        }
    }

    @Test func `a query without an answer is wrong, charged as the dearest model, and counted`() throws {
        let (table, parts) = (FingerprintFixture.table, FingerprintFixture.parts)
        let all = table.samples.map { "\($0.id),m1\n" }.joined()
        let some = table.samples.map { "\($0.id),\($0.id == "s47" ? "" : "m1")\n" }.joined()
        let none = table.samples.filter { $0.id != "s47" }.map { "\($0.id),m1\n" }.joined()
        let full = try point(recorded("sample_id,model\n" + all, table, parts))
        let ground = try EvaluationGround(table, parts: parts, mode: .sound)
        let outcomes = try ground.outcomes(of: .test)
        let item = try #require(parts.test.firstIndex(of: 47))
        for text in [some, none] {
            let found = try point(recorded("sample_id,model\n" + text, table, parts))
            #expect(found.choices[0, item] == 4)
            let (before, after) = (full.result["points"]?.arrayValue?[0], found.result["points"]?.arrayValue?[0])
            let lost = (before?["accuracy"]?.numberValue ?? 0) - (after?["accuracy"]?.numberValue ?? 0)
            #expect(abs(lost - outcomes.quality[item, 1] / 15) < 1e-12)
            let paid = (after?["cost"]?.numberValue ?? 0) - (before?["cost"]?.numberValue ?? 0)
            let dearest = ground.pool.meanCost.max() ?? 0
            #expect(abs(paid - (dearest - outcomes.cost[item, 1]) / 15) < 1e-12)
            let counts = [full, found].map { outcomes.missingChosen(in: $0.choices.row(0)) }
            #expect(counts[1] == counts[0] + 1)
        }
    }

    @Test func `budgets of the file are operating points, by rising budget`() throws {
        let (table, parts) = (FingerprintFixture.table, FingerprintFixture.parts)
        let rows = table.samples.flatMap { ["\($0.id),m3,10", "\($0.id),m0,9"] }
        let found = try point(recorded("sample_id,model,budget\n" + rows.joined(separator: "\n") + "\n", table, parts))
        #expect(found.choices.rows == 2 && found.choices[0, 0] == 0 && found.choices[1, 0] == 3)
    }
}
