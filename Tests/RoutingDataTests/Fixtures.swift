import Foundation
import RouteGridBase
import RoutingData
import Testing

/// The message of the error that `body` throws; an empty text, and a failed test, when it throws none.
func message(_ body: () throws -> Void, sourceLocation: SourceLocation = #_sourceLocation) -> String {
    do {
        try body()
    } catch let error as RouteGridError {
        return error.message
    } catch {
        Issue.record("another error: \(error)", sourceLocation: sourceLocation)
        return ""
    }
    Issue.record("no error was thrown", sourceLocation: sourceLocation)
    return ""
}

enum Fixtures {
    /// Files under `Golden/`: what other people's programs gave.
    static func golden(_ name: String) -> String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Golden/\(name)").path
    }

    /// A path in the repository.
    static func repository(_ path: String) -> String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../\(path)")
            .standardizedFileURL.path
    }

    /// Samples `s0`, `s1`, … of dataset `d`, in groups of `groupSize`.
    static func samples(_ count: Int, groupSize: Int = 1) -> [Sample] {
        (0..<count).map { Sample(id: "s\($0)", dataset: "d", group: "g\($0 / groupSize)") }
    }

    /// Three samples, two models, one missing cell, two encoders.
    static func dataset() -> Dataset {
        Dataset(
            name: "tiny",
            models: ["GPT", "a-model"],
            costUnit: "USD",
            groups: "task",
            provenance: "made for a test\nin two lines",
            licence: "CC0",
            samples: [
                DatasetSample(
                    sample: Sample(id: "1", dataset: "d", group: "g"),
                    question: "a, \"b\"\nc",
                    image: "1.png"
                ),
                DatasetSample(sample: Sample(id: "2", dataset: "d", group: "h"), question: "ü", image: ""),
                DatasetSample(sample: Sample(id: "3", dataset: "e", group: "g")),
            ],
            quality: Matrix(rows: 3, columns: 2, elements: [1, 0, .nan, 0.5, 0, 1]),
            cost: Matrix(rows: 3, columns: 2, elements: [0.1, 2, .nan, 0, 1e-5, 3]),
            text: ["default": Matrix(rows: 3, columns: 2, elements: [1, 2, 3, 4, 5, 6])],
            image: ["default": Matrix(rows: 3, columns: 1, elements: [0.5, -0.25, 1e-8])],
            tokensIn: Matrix(rows: 3, columns: 2, elements: [1, 2, .nan, 4, 5, 6])
        )
    }
}
