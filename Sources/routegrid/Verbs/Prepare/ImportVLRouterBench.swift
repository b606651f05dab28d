import ArgumentParser
import RouteGridBase
import RoutingData

/// `routegrid import vl-routerbench`.
struct ImportVLRouterBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vl-routerbench",
        abstract: "Imports VL-RouterBench's matrices Y.npz and C.npy with the names of their rows and columns.",
        discussion: """
            Pickles can run code and Parquet is not read. Where you trust them, convert the names to JSON lists, the \
            facts about samples (sample_id, dataset, …) to CSV, and the embeddings to .npy in the order of the samples. \
            In Python:
              ids = list(pandas.read_pickle("sample_ids.pkl"))
              json.dump(ids, open("samples.json", "w"))
              json.dump(list(pandas.read_pickle("model_names.pkl")),
                        open("models.json", "w"))
              pandas.read_parquet("meta.parquet").to_csv("meta.csv", index=False)
              e = pandas.read_parquet("bge-m3.parquet").set_index("sample_id")
              numpy.save("text.npy", numpy.stack(e.loc[ids].embedding))

            Example:
              routegrid import vl-routerbench --quality Y.npz --cost C.npy \\
                --samples samples.json --models models.json --meta meta.csv \\
                --text text.npy --image image.npy --out vl-routerbench
            """
    )

    @Option(help: ArgumentHelp("Correctness of every sample and model.", valueName: "npz|npy"))
    var quality: String

    @Option(help: ArgumentHelp("Cost of every sample and model.", valueName: "npy"))
    var cost: String

    @Option(help: ArgumentHelp("The names of the rows: a JSON list, or one a line.", valueName: "file"))
    var samples: String

    @Option(help: ArgumentHelp("The names of the columns: a JSON list, or one a line.", valueName: "file"))
    var models: String

    @Option(help: ArgumentHelp("A table with sample_id and dataset, question, image.", valueName: "csv"))
    var meta: String?

    @Option(help: ArgumentHelp("The column of --meta that names a sample's group.", valueName: "column"))
    var group: String?

    @Option(help: ArgumentHelp("Text embeddings.", valueName: "npy"))
    var text: String?

    @Option(help: ArgumentHelp("Image embeddings.", valueName: "npy"))
    var image: String?

    @OptionGroup var options: ImportOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        try options.run(output) {
            try VLRouterBenchImporter(
                quality: quality,
                cost: cost,
                sampleNames: samples,
                modelNames: models,
                meta: meta,
                group: group,
                text: text,
                image: image,
                format: options.format,
                labels: options.labels
            ).read()
        }
    }
}
