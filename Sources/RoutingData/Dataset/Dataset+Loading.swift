package import RouteGridBase

extension Dataset {
    /// Reads a dataset folder.
    ///
    /// - Throws: `badInput` with file, line or field when a file is absent or cut off, or a rule of the format is
    ///   broken.
    package static func load(folder: String) throws(RouteGridError) -> Dataset {
        let place = "\(folder)/\(descriptionFile)"
        let description = try JSONValue(
            parsing: try FileBytes.readText(place, expected: "a JSON object in UTF-8"),
            place: place
        )
        let fields = try DescriptionFields(description, place: place)
        let samples = try loadSamples("\(folder)/\(samplesFile)")
        let tensors = try Safetensors(file: "\(folder)/\(tensorsFile)")
        var dataset = Dataset(
            name: try fields.text("name"),
            models: try fields.models(),
            costUnit: tensors.tensors["cost"] == nil ? nil : try fields.text("cost_unit"),
            prices: description["prices"].flatMap { $0 == .null ? nil : $0 },
            groups: try fields.text("groups"),
            provenance: try fields.text("provenance"),
            licence: try fields.text("licence"),
            served: try fields.served(),
            samples: samples,
            quality: try tensors.doubles("quality"),
            cost: tensors.tensors["cost"] == nil ? nil : try tensors.doubles("cost")
        )
        for name in tensors.tensors.keys.sorted() {
            if name.hasPrefix("text.") {
                dataset.text[String(name.dropFirst("text.".count))] = try tensors.floats(name)
            } else if name.hasPrefix("image.") {
                dataset.image[String(name.dropFirst("image.".count))] = try tensors.floats(name)
            } else if name == "tokens_in" {
                dataset.tokensIn = try tensors.doubles(name)
            } else if name == "tokens_out" {
                dataset.tokensOut = try tensors.doubles(name)
            } else if name == "tokens_total" {
                dataset.tokensTotal = try tensors.doubles(name)
            } else if name == "latency" {
                dataset.latency = try tensors.doubles(name)
            } else if name == "trials" {
                dataset.trials = try tensors.doubles(name)
            } else if name == "quality_sd" {
                dataset.qualitySD = try tensors.doubles(name)
            } else if name != "quality" && name != "cost" {
                throw .badInput(
                    tensors.place,
                    "unknown tensor \"\(name)\": expected quality, cost, tokens_in, tokens_out, tokens_total, latency, trials, "
                        + "quality_sd, text.NAME or image.NAME"
                )
            }
        }
        try dataset.check(place: folder)
        return dataset
    }

    private static func loadSamples(_ place: String) throws(RouteGridError) -> [DatasetSample] {
        let table = try CSVTable(file: place)
        guard table.header == sampleColumns else {
            throw .badInput("\(place):1", "expected the columns \(sampleColumns.joined(separator: ","))")
        }
        var samples: [DatasetSample] = []
        samples.reserveCapacity(table.count)
        for row in 0..<table.count {
            let identity = Sample(
                id: try table.text(row, 0),
                dataset: try table.text(row, 1),
                group: try table.text(row, 2)
            )
            samples.append(
                DatasetSample(sample: identity, question: try table.text(row, 3), image: try table.text(row, 4))
            )
        }
        return samples
    }
}

private struct DescriptionFields {
    let members: [String: JSONValue]
    let place: String

    private static let known = [
        "schema", "name", "models", "cost_unit", "prices", "groups", "provenance", "licence", "served",
    ]

    init(_ value: JSONValue, place: String) throws(RouteGridError) {
        guard let members = value.objectValue else { throw .badInput(place, "expected a JSON object") }
        guard members["schema"]?.stringValue == Dataset.schema else {
            throw .badInput(
                place,
                "schema: expected \"\(Dataset.schema)\", found \(members["schema"]?.jsonText ?? "none")"
            )
        }
        if let unknown = members.keys.sorted().first(where: { !Self.known.contains($0) }) {
            throw .badInput(place, "unknown key \"\(unknown)\"\(NearestName.hint(unknown, in: Self.known))")
        }
        self.members = members
        self.place = place
    }

    func text(_ name: String) throws(RouteGridError) -> String {
        guard let text = members[name]?.stringValue else { throw .badInput(place, "\(name): expected a text") }
        return text
    }

    /// `{"asked": {"other": 12}}`: answers of another model than was asked.
    func served() throws(RouteGridError) -> [String: [String: Int]] {
        guard let value = members["served"] else { return [:] }
        let models = Set(try models())
        var served: [String: [String: Int]] = [:]
        for (model, json) in value.objectValue ?? ["": .null] {
            let counts = (json.objectValue ?? [:]).compactMapValues(\.integerValue).filter { $0.value > 0 }
            guard models.contains(model), !counts.isEmpty, counts.count == json.objectValue?.count else {
                throw .badInput(place, "served: expected counts of answers by model asked and model that answered")
            }
            served[model] = counts
        }
        return served
    }

    func models() throws(RouteGridError) -> [String] {
        guard let values = members["models"]?.arrayValue, case let names = values.compactMap(\.stringValue),
            names.count == values.count
        else { throw .badInput(place, "models: expected a list of names") }
        return names
    }
}
