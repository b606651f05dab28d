import Foundation
import RouteGridBase
import TestSupport
import Testing

/// From files of a harness to a board, with the real command.
@Suite(.timeLimit(.minutes(5))) struct ForeignDataTests {
    private func run(_ folder: TemporaryFolder, _ arguments: String...) async throws -> CommandLineTool.Outcome {
        try await CommandLineTool.run(arguments, in: folder.path)
    }

    /// A long file of two models on 60 prompts, and choices of a router that only answers, two of them without one.
    private func write(_ folder: TemporaryFolder) throws {
        var lines = ["prompt,llm,grade,usd"]
        var choices = ["sample_id,model"]
        for row in 1...60 {
            let isHard = row % 3 == 0
            let prompt = "\(isHard ? "prove the theorem" : "how many cats") \(row)"
            lines.append("\(prompt),small,\(isHard ? 0 : 100),0.001")
            lines.append("\(prompt),large,100,0.01")
            choices.append("\(row),\(row <= 2 ? "" : isHard ? "large" : "small")")
        }
        try folder.write(lines.joined(separator: "\n") + "\n", to: "long.csv")
        try folder.write(choices.joined(separator: "\n") + "\n", to: "choices.csv")
    }

    @Test func `prompts and a file of choices make a board, without an embedding file`() async throws {
        let folder = try TemporaryFolder()
        try write(folder)
        let refused = try await run(
            folder,
            "import",
            "long",
            "long.csv",
            "--map",
            "query=prompt,model=llm,score=grade,cost=usd",
            "--out",
            "data"
        )
        #expect(refused.status == 65 && refused.messages.contains("--scale 100"), "\(refused)")
        let imported = try await run(
            folder,
            "import",
            "long",
            "long.csv",
            "--map",
            "query=prompt,model=llm,score=grade,cost=usd",
            "--scale",
            "100",
            "--out",
            "data"
        )
        #expect(imported.status == 0 && imported.output.contains("routing can gain at most"), "\(imported)")
        try folder.write(
            """
            name: foreign
            datasets: {d: {path: data}}
            splits: [{kind: random, train: 0.5, dev: 0.2, test: 0.3, seed: 1}]
            encoders: [{text: tfidf}]
            modality: [text]
            routers: [{kind: best-single}, {kind: recorded, file: choices.csv}, {kind: knn, k: 5}]
            budgets: {rule: threshold, at: [exact]}
            """,
            to: "grid.yaml"
        )
        let board = try await run(
            folder,
            "run",
            "grid.yaml",
            "--workers",
            "1",
            "--state",
            "state",
            "--out",
            "board",
            "--output",
            "json"
        )
        #expect(board.status == 0 && board.output.contains("recorded"), "\(board)")
    }

    @Test func `a program embeds what is new, and a second call nothing`() async throws {
        let folder = try TemporaryFolder()
        try write(folder)
        _ = try await run(
            folder,
            "import",
            "long",
            "long.csv",
            "--map",
            "query=prompt,model=llm,score=grade,cost=usd",
            "--scale",
            "100",
            "--out",
            "data"
        )
        // Answers each batch of 25 with the first rows of a file of its size.
        for rows in [25, 10] {
            try folder.write(SmallData.npy((0..<rows * 3).map { Float($0) }, rows: rows), to: "\(rows)")
        }
        let program = #"echo x >> calls; n=$(($(wc -l < "$ROUTEGRID_INPUT") - 1)); cat "$n""#
        for _ in 0..<2 {
            let found = try await run(
                folder,
                "embed",
                "data",
                "--command",
                program,
                "--batch",
                "25",
                "--cache",
                "cache",
                "--name",
                "mine"
            )
            #expect(found.status == 0 && found.output == "text.mine: 60 × 3\n", "\(found)")
            #expect(try String(contentsOfFile: folder.path("calls"), encoding: .utf8) == "x\nx\nx\n")
        }
        let broken = try await run(folder, "embed", "data", "--command", "exit 3", "--cache", "other")
        #expect(broken.status == 65 && broken.messages.contains("ended with exit code 3"), "\(broken)")
    }
}
