package import RouteGridBase

extension Dataset {
    package static let schema = "routegrid/dataset/v1"

    static let descriptionFile = "dataset.json"
    static let samplesFile = "samples.csv"
    static let tensorsFile = "tensors.safetensors"
    static let sampleColumns = ["sample_id", "dataset", "group", "question", "image"]

    /// The content of `dataset.json`.
    package var json: JSONValue {
        var members: [String: JSONValue] = [
            "schema": .string(Self.schema), "name": .string(name), "models": JSONValue(models),
            "groups": .string(groups), "provenance": .string(provenance),
            "licence": .string(licence),
        ]
        members["cost_unit"] = costUnit.map { .string($0) }
        members["prices"] = prices
        if !served.isEmpty {
            members["served"] = .object(served.mapValues { .object($0.mapValues { JSONValue($0) }) })
        }
        return .object(members)
    }

    /// Writes the dataset as a folder of `dataset.json`, `samples.csv` and `tensors.safetensors`, whole or not at all.
    ///
    /// The same dataset gives the same bytes.
    ///
    /// - Throws: `badInput` when the dataset breaks a rule of the format or the folder exists and is not a dataset;
    ///   `system` when the disk refuses.
    package func write(to folder: String) throws(RouteGridError) {
        try check(place: folder)
        var rows = CSVWriter(header: Self.sampleColumns)
        for sample in samples {
            let identity = sample.sample
            rows.append([identity.id, identity.dataset, identity.group, sample.question, sample.image])
        }
        var tensors = SafetensorsWriter()
        for (name, matrix) in outcomeTensors { tensors.add(name, matrix) }
        for (name, matrix) in text { tensors.add("text.\(name)", matrix) }
        for (name, matrix) in image { tensors.add("image.\(name)", matrix) }
        try FolderWriter.write(
            [
                (Self.descriptionFile, json.prettyBytes()), (Self.samplesFile, rows.bytes),
                (Self.tensorsFile, tensors.bytes()),
            ],
            to: folder,
            marker: Self.descriptionFile
        )
    }

    /// Refuses a folder that ``write(to:)`` would refuse.
    package static func checkWritable(_ folder: String) throws(RouteGridError) {
        let names: Set = [descriptionFile, samplesFile, tensorsFile]
        try FolderWriter.checkReplaceable(folder, names: names, marker: descriptionFile)
    }
}
