import ArgumentParser
import Foundation
import RouteGridBase
import RoutingData

/// Gives a dataset folder embeddings.
struct EmbedVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "embed",
        abstract: "Embeds a dataset's prompts, built in or by any program, and adds the tensor to its folder.",
        discussion: """
            --text tfidf is built in: hashed words and pairs of words, weighted 1 + ln(count). It fits nothing, so that \
            nothing leaks from test; a grid that names it (encoders: [{text: tfidf}]) needs no tensor in the folder.

            --command runs a program by the shell for each batch of different samples. It reads a CSV with the columns \
            sample_id, question, image, on stdin and in the file $ROUTEGRID_INPUT, and writes a .npy array [rows, width] of \
            float16, float32 or float64 to stdout or to the file $ROUTEGRID_OUTPUT. Batches are kept by their content: a \
            command that was stopped continues, and is not run for what was embedded before.

            Examples:
              routegrid embed mine --text tfidf
              routegrid embed mine --command 'python3 jobs/encoders/minilm.py' --name minilm
            """
    )

    @Argument(help: ArgumentHelp("A dataset folder.", valueName: "dir"))
    var dataset: String

    @Option(help: "A built-in encoder of prompts: tfidf.")
    var text: BuiltIn?

    @Option(help: ArgumentHelp("A program that reads samples and writes .npy.", valueName: "program"))
    var command: String?

    @Option(
        help: ArgumentHelp(
            "The name of the encoder; without it, tfidf, or default for a command.",
            valueName: "name"
        )
    )
    var name: String?

    @Option(name: .customLong("as"), help: "What the program embeds: text or image.")
    var kind: Kind = .text

    @Option(help: ArgumentHelp("The width of tfidf.", valueName: "columns"))
    var width = HashedTerms.usualWidth

    @Option(help: ArgumentHelp("How many samples the program gets at once.", valueName: "rows"))
    var batch = 1_024

    @Option(
        help: ArgumentHelp(
            "Where batches are kept; without it, routegrid/embed in $XDG_CACHE_HOME or ~/.cache.",
            valueName: "dir"
        )
    )
    var cache: String?

    @OptionGroup var output: OutputOptions

    enum BuiltIn: String, CaseIterable, ExpressibleByArgument { case tfidf }
    enum Kind: String, CaseIterable, ExpressibleByArgument { case text, image }

    func validate() throws {
        guard (text == nil) != (command == nil) else { throw ValidationError("Give either --text tfidf or --command.") }
        guard HashedTerms.widths.contains(width) else {
            throw ValidationError("--width takes \(HashedTerms.widths.lowerBound) to \(HashedTerms.widths.upperBound).")
        }
        guard (1...1_000_000).contains(batch) else { throw ValidationError("--batch takes 1 to 1000000.") }
        if text != nil, kind == .image { throw ValidationError("--text tfidf embeds texts.") }
    }

    func run() throws {
        let name = name ?? (text == nil ? "default" : HashedTerms.name)
        if let problem = NameRule.problem(name) {
            throw RouteGridError(.usage, "the encoder's name \(JSONValue.string(name).jsonText) \(problem)")
        }
        var data = try Dataset.load(folder: dataset)
        if kind == .text, data.samples.allSatisfy(\.question.isEmpty) {
            throw RouteGridError.badInput(dataset, "no sample has a question to embed")
        }
        if kind == .image, data.samples.allSatisfy(\.image.isEmpty) {
            throw RouteGridError.badInput(dataset, "no sample has an image to embed")
        }
        let matrix: Matrix<Float>
        if let command {
            matrix = try CommandEncoder(
                command: command,
                batch: batch,
                cache: cache ?? Self.usualCache,
                readsImages: kind == .image,
                console: output.console
            ).embeddings(of: data)
        } else {
            matrix = HashedTerms.embeddings(data.samples.map(\.question), width: width)
        }
        switch kind {
        case .text: data.text[name] = matrix
        case .image: data.image[name] = matrix
        }
        try data.write(to: dataset)
        let tensor = "\(kind.rawValue).\(name)"
        output.console.emit(
            [
                "schema": "routegrid/embed/v1", "dataset": .string(data.name), "tensor": .string(tensor),
                "rows": JSONValue(matrix.rows), "columns": JSONValue(matrix.columns),
                "sha256": .string(data.tensorDigests[tensor]?.hex ?? ""),
            ],
            table: "\(tensor): \(matrix.rows) × \(matrix.columns)\n"
        )
        output.console.note("wrote \(dataset)")
    }

    private static var usualCache: String {
        let environment = ProcessInfo.processInfo.environment
        let given = environment["XDG_CACHE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        return (given ?? NSHomeDirectory() + "/.cache") + "/routegrid/embed"
    }
}
