import Aggregator
import ArgumentParser
import COpenBLAS
import Catalog
import Foundation
import RouteGridBase
import RoutingCore
import RoutingData
import Worker

/// A model for each query, by a router that was exported.
struct RouteVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "route",
        abstract: "Answers with a model for each query, by an exported router.",
        discussion: """
            --router is a file of `routegrid export fit`. --text and --image are .npy matrices [queries, width] with the \
            embeddings of the encoder that the router was fitted on; those that the router reads are needed. Queries are \
            read a few thousand at a time, so that their number does not matter.

            --budget is the budget of the router's rule: under `threshold` the highest predicted cost of a query, in the cost \
            unit of its board; under `penalty` λ. Without it, the router's own point: where its board reads accuracy and \
            mean cost, the largest budget. A router of soft labels has its budget in the fit and takes none; nor does one \
            that looks at no query (fixed, cheapest, best-single, random, random-mix …).

            Of a router that looks at no query, --text or --image only says how many queries there are. Those that draw by \
            lot (random, random-mix) answer for all queries of a file together, by the seed of their fit.

            The fit of a program (`exec` with `keep: true`) is answered by the program: --allow-exec NAME=PATH. It is given all \
            queries at once.

            stdout is CSV with the columns row (from 0) and model; --output jsonl writes an object a line.

            Examples:
              routegrid route --router linear.safetensors --text queries.npy > models.csv
              routegrid route --router knn.safetensors --text t.npy --image v.npy --budget 0.002
            """
    )

    @Option(help: ArgumentHelp("A router that export fit wrote.", valueName: "file")) var router: String
    @Option(help: ArgumentHelp("Text embeddings of the queries.", valueName: "file.npy")) var text: String?
    @Option(help: ArgumentHelp("Image embeddings of the queries.", valueName: "file.npy")) var image: String?
    @Option(help: ArgumentHelp("The budget of the router's rule.", valueName: "cost")) var budget: Double?
    @OptionGroup var programs: ProgramOptions
    @OptionGroup var output: OutputOptions

    /// A multiple of the blocks of every product: where a query stands in the file does not change its bits.
    private static let batch = 8_192

    func validate() throws {
        if let budget, !(budget >= 0) { throw ValidationError("--budget takes a number, at least 0.") }
        if output.output == .json { throw ValidationError("route writes table (CSV), jsonl or quiet.") }
    }

    func run() throws {
        let allowed = try programs.allowed()
        let fit = try ExportedFit(
            bytes: FileBytes.read(router),
            place: router,
            programs: allowed.names.isEmpty ? nil : allowed
        )
        if budget != nil, !fit.takesBudget {
            throw RouteGridError(.usage, "--budget: no budget changes what this router answers; it went into the fit")
        }
        if fit.rule == .penalty, budget?.isFinite == false {
            throw RouteGridError(.usage, "--budget: expected a finite λ")
        }
        try pinNumerics(of: fit)
        let texts = try open(text, .text, "--text", fit.widths.text, fit)
        let images = try open(image, .image, "--image", fit.widths.image, fit)
        let counts = try fit.modality == nil ? counts() : [texts?.rows, images?.rows].compactMap { $0 }
        guard let count = counts.first, counts.allSatisfy({ $0 == count }) else {
            throw RouteGridError(.badInput, "--text has \(counts[0]) rows, --image \(counts[1]): expected as many")
        }
        let isJSON = output.output == .jsonl
        let names = fit.models.map { isJSON ? JSONValue.string($0).jsonText : RecordTable.csv([.string($0)]) }
        if output.output == .table { Console.writeData("row,model\n") }
        let batch = fit.drawsLots || fit.runsProgram ? max(count, 1) : Self.batch
        for start in stride(from: 0, to: count, by: batch) {
            let range = start..<min(start + batch, count)
            let choices = try fit.choices(
                text: texts.map { rows throws(RouteGridError) in try rows.matrix(range) },
                image: images.map { rows throws(RouteGridError) in try rows.matrix(range) },
                count: range.count,
                budget: budget
            )
            guard output.output != .quiet else { continue }
            var lines = ""
            for (row, model) in zip(range, choices) {
                if isJSON {
                    lines += "{\"model\":\(names[model]),\"row\":\(row)}\n"
                } else {
                    lines += "\(row),"
                    lines += names[model]
                }
            }
            Console.writeData(lines)
        }
    }

    /// How many queries each given file has, for a router that looks at none.
    private func counts() throws(RouteGridError) -> [Int] {
        var counts: [Int] = []
        for path in [text, image].compactMap({ $0 }) { counts.append(try NumpyRows(file: path).rows) }
        guard !counts.isEmpty else {
            throw RouteGridError(.usage, "--text: the router looks at no query, but needs to know how many there are")
        }
        return counts
    }

    private func open(
        _ path: String?,
        _ embedding: Modality,
        _ option: String,
        _ width: Int,
        _ fit: ExportedFit
    ) throws(RouteGridError) -> NumpyRows? {
        guard let modality = fit.modality else { return nil }
        guard fit.reads(embedding) else {
            if path != nil { output.console.note("\(option) is not read: the router reads \(modality.rawValue)") }
            return nil
        }
        guard let path else { throw RouteGridError(.usage, "\(option): the router reads \(modality.rawValue)") }
        let rows = try NumpyRows(file: path)
        guard width == 0 || rows.columns == width else {
            throw .badInput(path, "rows of \(rows.columns) numbers: the router was fitted on \(width)")
        }
        return rows
    }

    /// Computes with the kernels that the fit was made with, where this machine has them.
    private func pinNumerics(of fit: ExportedFit) throws(RouteGridError) {
        let wanted = fit.description["numerics"]?.stringValue ?? ""
        let core = wanted.split(separator: "/").dropFirst().first.map(String.init) ?? ""
        setenv("OPENBLAS_NUM_THREADS", "1", 1)
        // OpenBLAS reads it when it is loaded, which is below.
        if core == NumericsKind.portableCore.lowercased() { setenv("OPENBLAS_CORETYPE", NumericsKind.portableCore, 1) }
        if let problem = openblas_problem() { throw RouteGridError(.system, String(cString: problem)) }
        openblas_set_num_threads(1)
        let own = NumericsClass.text
        if own != wanted {
            output.console.warn(
                "the router was fitted with numerics \(wanted), this machine computes \(own): last bits may differ"
            )
        }
    }
}
