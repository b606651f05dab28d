import Foundation
import RouteGridBase
import RoutingData

/// A program that embeds samples, batch by batch, each batch kept under the digest of all that it was made of.
struct CommandEncoder {
    let command: String
    let batch: Int
    /// The folder of the kept batches.
    let cache: String
    /// Whether an image's content counts besides its name.
    let readsImages: Bool
    let console: Console

    private struct Item: Hashable {
        var question: String
        var image: String
    }

    /// The embedding of each sample; samples with the same question and image are embedded once.
    ///
    /// - Throws: `badInput` when the program fails or its array has not one row a sample of the batch.
    func embeddings(of dataset: Dataset) throws -> Matrix<Float> {
        var numbers: [Item: Int] = [:]
        var items: [(item: Item, id: String)] = []
        let rows = dataset.samples.map { sample in
            let item = Item(question: sample.question, image: sample.image)
            if let known = numbers[item] { return known }
            numbers[item] = items.count
            items.append((item, sample.sample.id))
            return items.count - 1
        }
        try FileManager.default.createDirectory(atPath: cache, withIntermediateDirectories: true)
        var elements: [Float] = []
        var width: Int?
        var (begun, reused) = (ContinuousClock.now, 0)
        for start in stride(from: 0, to: items.count, by: batch) {
            let part = Array(items[start..<min(start + batch, items.count)])
            let (matrix, isKept) = try embedded(part)
            guard width == nil || width == matrix.columns else {
                throw RouteGridError.badInput(
                    command,
                    "a batch of width \(matrix.columns), those before of \(width ?? 0): remove \(cache) if the program changed"
                )
            }
            width = matrix.columns
            elements += matrix.elements
            if isKept {
                reused += part.count
                begun = .now
            }
            let done = start + part.count
            let seconds = (ContinuousClock.now - begun) / .seconds(1)
            let pace = seconds > 0 ? Int((Double(done - reused) / seconds).rounded()) : 0
            let rate = pace > 0 ? ", \(pace) a second" : ""
            console.note("embedded \(done) of \(items.count)\(reused > 0 ? " (\(reused) kept from before)" : rate)")
        }
        return Matrix(rows: items.count, columns: width ?? 0, elements: elements).rows(rows)
    }

    private func embedded(_ part: [(item: Item, id: String)]) throws -> (matrix: Matrix<Float>, isKept: Bool) {
        var table = CSVWriter(header: ["sample_id", "question", "image"])
        for (item, id) in part { table.append([id, item.question, item.image]) }
        let digest = try digest(of: part)
        let kept = "\(cache)/\(digest.hex).npy"
        if FileManager.default.fileExists(atPath: kept) {
            return (try EmbeddingFile.read(kept, samples: part.count, source: "the batch"), true)
        }
        let folder = "\(cache)/.\(digest.hex.prefix(16))-\(ProcessInfo.processInfo.processIdentifier)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let (input, printed, file) = ("\(folder)/samples.csv", "\(folder)/stdout", "\(folder)/output.npy")
        try FileBytes.write(table.bytes, to: input)
        try FileBytes.write([], to: printed)
        try run(input: input, printed: printed, file: file)
        let result = FileManager.default.fileExists(atPath: file) ? file : printed
        let found = try FileBytes.read(result)
        guard !found.isEmpty else {
            throw RouteGridError.badInput(
                command,
                "wrote nothing: expected a .npy array [\(part.count), width] on stdout or in the file $ROUTEGRID_OUTPUT"
            )
        }
        let matrix = try EmbeddingFile.read(result, samples: part.count, source: "the batch")
        guard rename(result, kept) == 0 else {
            throw RouteGridError(.writing(errno), "\(kept): cannot write: \(String(cString: strerror(errno)))")
        }
        return (matrix, false)
    }

    private func run(input: String, printed: String, file: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", command]
        process.environment = ProcessInfo.processInfo.environment.merging(
            ["ROUTEGRID_INPUT": input, "ROUTEGRID_OUTPUT": file]
        ) { $1 }
        process.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: input))
        process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: printed))
        try process.run()
        process.waitUntilExit()
        guard process.terminationReason == .exit, process.terminationStatus == 0 else {
            let how = process.terminationReason == .exit ? "exit code" : "signal"
            throw RouteGridError.badInput(command, "ended with \(how) \(process.terminationStatus)")
        }
    }

    /// The digest of the command and of what it reads: questions, names of images and their content.
    private func digest(of part: [(item: Item, id: String)]) throws -> Digest {
        let content = try part.map { item, _ -> JSONValue in
            var content: [JSONValue] = [.string(item.question), .string(item.image)]
            if readsImages, FileManager.default.fileExists(atPath: item.image) {
                content.append(.string(Digest(hashing: try FileBytes.read(item.image)).hex))
            }
            return .array(content)
        }
        return JSONValue.object(["command": .string(command), "batch": .array(content)]).digest
    }
}
