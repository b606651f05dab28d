import Foundation
import RouteGridBase
import TestSupport
import Testing

/// Small versions of the two papers' grids, from end to end.
@Suite(.timeLimit(.minutes(5))) struct PaperGridTests {
    @Test(arguments: [("mmrbench-small", 13), ("vl-routerbench-small", 15)])
    func `every router of a paper gets its records and its row`(_ grid: String, routers: Int) async throws {
        let folder = try TemporaryFolder()
        let path = CommandLineTool.package + "/jobs/\(grid).yaml"
        let outcome = try await CommandLineTool.run(
            ["run", path, "--workers", "2", "--state", "state", "--out", "out"],
            in: folder.path
        )
        #expect(outcome.status == 0, "\(outcome)")
        let text = try String(contentsOfFile: folder.path("out/records.jsonl"), encoding: .utf8)
        let records = try text.split(separator: "\n").map { try JSONValue(parsing: $0.utf8, place: "records.jsonl") }
        #expect(Set(records.compactMap { $0["job"]?["router"]?["kind"]?.stringValue }).count == routers)
        let accuracies = records.compactMap { $0["result"]?["metrics"]?["accuracy"]?["v"]?.numberValue }
        #expect(accuracies.count == records.count && accuracies.allSatisfy { (0...1).contains($0) })
        // Trained on some kinds of question and tested on others, and tested on one modality after training on two.
        if grid == "mmrbench-small" {
            #expect(records.contains { $0["job"]?["split"]?["kind"]?.stringValue == "held-out" })
            let linear = records.filter { $0["job"]?["router"]?["kind"] == "linear" }
            #expect(Set(linear.compactMap { $0["job"]?["modality"]?.canonicalText }).count == 9)
        } else {
            #expect(Set(records.compactMap { $0["job"]?["label"]?["lambda"]?.canonicalText }).count == 6)
        }
    }
}
