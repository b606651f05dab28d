import ArgumentParser
import CPlatform
import Catalog
import Foundation
import RouteGridBase
import RoutingCore
import RoutingData
import Scoring
import Worker

/// `routegrid bench fit`: one router on one dataset, from the table in memory to the fitted router.
struct BenchFit: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fit",
        abstract: "Times the fit of a router, its predictions of the test part and their exact sweep.",
        discussion: """
            The split is numpy's permutation of the rows, as scikit-learn's train_test_split takes it, so that other \
            programs can train on the same rows. Kernels are those of this process: OPENBLAS_CORETYPE chooses others.

            Example:
              routegrid bench fit --data jobs/data/digits_vqa --router '{"kind":"mlp","epochs":10}'
            """
    )

    @Option(help: ArgumentHelp("A dataset folder.", valueName: "dir")) var data: String
    @Option(help: "A kind of router, or a JSON object with its kind and parameters.") var router: String
    @Option(help: "compat or sound.") var mode = "compat"
    @Option(help: "How text and image become one vector.") var fusion = "mean"
    @Option(help: "λ of soft labels.") var lambda = 100.0
    @Option(help: "The scale of costs in soft labels.") var scale = 1.0
    @Option(help: "The share of rows that is trained on.") var train = 0.2
    @Option(help: "The seed of the split.") var splitSeed = 42
    @Option(help: "The seed of the fit.") var seed = 0
    @Option(help: "How often it is done.") var rounds = 3
    @Option(help: "And on until this much time has passed.") var seconds = 0.0
    @Option(help: ArgumentHelp("Where the predictions go (safetensors).", valueName: "file")) var save: String?
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (1...10_000).contains(rounds), (0...600).contains(seconds), train > 0, train < 1 else {
            throw ValidationError("--rounds takes 1 to 10000, --seconds 0 to 600, --train a share between 0 and 1.")
        }
    }

    func run() throws {
        cplatform_keep_freed_memory()  // as slots do
        let request = try request()
        var fitted: (any FittedRouter)?
        let fit = try Timing("fit", rounds: rounds, seconds: seconds) {
            fitted = try RouterFitting.fit(request)
            return request.parts.train.count
        }
        guard let fitted else { return }
        let table = request.mode == .compat ? request.table.filledWithColumnMeans() : request.table
        var found: RouterOutput?
        let predict = try Timing("predict", rounds: rounds, seconds: seconds) {
            found = try fitted.output(for: request.parts.test, of: table, modality: nil)
            return request.parts.test.count
        }
        guard let found else { return }
        var timings = [fit, predict]
        if case .predictions(let quality, let cost) = found {
            let ground = try EvaluationGround(request.table, parts: request.parts, mode: request.mode)
            let outcomes = try ground.outcomes(of: .test)
            timings.append(
                Timing("sweep", rounds: rounds, seconds: seconds) {
                    ThresholdSweep(quality: quality, cost: cost, order: ground.order).curve(of: outcomes).count
                }
            )
        }
        if let products = NetworkProducts(request) {
            timings.append(Timing("products", rounds: rounds, seconds: seconds) { products.run() })
        }
        if let save { try Self.write(found, to: save) }
        emit(timings)
    }

    private func request() throws -> FitRequest {
        guard let mode = EvaluationMode(rawValue: mode) else {
            throw RouteGridError.badInput("--mode", "\"\(mode)\": expected compat or sound")
        }
        let dataset = try Dataset.load(folder: data)
        let table = try dataset.table(text: dataset.text.keys.min(), image: dataset.image.keys.min())
        let described: [String: JSONValue]
        if router.first == "{" {
            described = try JSONValue(parsing: Array(router.utf8), place: "--router").objectValue ?? [:]
        } else {
            described = ["kind": .string(router)]
        }
        let kind = described["kind"]?.stringValue ?? ""
        let reads = try RouterCatalog.descriptor(of: kind).reads
        let isFused = reads.contains(.embeddings) && !reads.contains(.separateModalities)
        let modality: Modality = table.image == nil ? .text : table.text == nil ? .image : .both
        return FitRequest(
            router: try RouterCatalog.configure(kind: kind, parameters: described.filter { $0.key != "kind" }),
            mode: mode,
            modality: reads.contains(.embeddings) ? modality : nil,
            fusion: isFused ? try FusionCatalog.configure(kind: fusion, parameters: [:]) : nil,
            label: reads.contains(.labels) ? LabelConfiguration(lambda: lambda, scale: scale) : nil,
            streams: RandomStreams(seed: seed, splitIndex: 0, routerKind: kind),
            table: table,
            parts: try Split(kind: .compat(train: train), seed: splitSeed).parts(of: table.samples)
        )
    }

    private static func write(_ output: RouterOutput, to file: String) throws {
        var writer = SafetensorsWriter()
        switch output {
        case .predictions(let quality, let cost):
            writer.add("quality", quality)
            writer.add("cost", cost)
        case .scores(let scores): writer.add("scores", scores)
        case .policies(let policies):
            let values = policies.flatMap { $0.map(Double.init) }
            writer.add("choices", Matrix(rows: policies.count, columns: policies.first?.count ?? 0, elements: values))
        }
        try FileBytes.write(writer.bytes(), to: file)
    }

    private func emit(_ timings: [Timing]) {
        let rows = timings.map { timing in
            JSONValue.object([
                "name": .string(timing.name), "size": JSONValue(timing.size),
                "ms": .array(timing.milliseconds.map { .double($0) }),
                "processor_ms": .array(timing.processorMilliseconds.map { .double($0) }),
            ])
        }
        let document: JSONValue = [
            "schema": "routegrid/bench-fit/v1", "data": .string(data), "router": .string(router),
            "numerics": .string(NumericsClass.text), "rows": .array(rows),
        ]
        var table = TextTable(["\(router), \(NumericsClass.text)"] + Timing.titles)
        for timing in timings { table.add(timing.cells) }
        output.console.emit(document, table: table.rendered(bold: output.console.colorsData))
    }
}
