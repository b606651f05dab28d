package import Catalog
package import RouteGridBase
package import RoutingData

/// All that a fit depends on: the typed form of what a fit key hashes, and all that a worker is told about it.
///
/// A member is nil exactly when the router does not read it, so that cells which differ in it alone share their key.
package struct FitIdentity: Hashable, Sendable {
    /// The numerics class, such as `openblas-0.3.21/haswell/glibc-2.36/x86_64`.
    package var numerics: String
    package var mode: EvaluationMode
    package var router: RouterConfiguration
    package var routerRevision: Int
    package var data: DataIdentity
    package var split: Split
    package var trainModality: Modality?
    package var fusion: FusionConfiguration?
    package var fusionRevision: Int
    package var label: LabelConfiguration?
    package var seed: Int?
    /// The share of the train part that a model must have answered to be a reference, 0…1.
    package var minCoverage: Double

    package init(
        numerics: String,
        mode: EvaluationMode,
        router: RouterConfiguration,
        routerRevision: Int = 1,
        data: DataIdentity,
        split: Split,
        trainModality: Modality? = nil,
        fusion: FusionConfiguration? = nil,
        fusionRevision: Int = 1,
        label: LabelConfiguration? = nil,
        seed: Int? = nil,
        minCoverage: Double = ReferenceCoverage.standard
    ) {
        self.numerics = numerics
        self.mode = mode
        self.router = router
        self.routerRevision = routerRevision
        self.data = data
        self.split = split
        self.trainModality = trainModality
        self.fusion = fusion
        self.fusionRevision = fusionRevision
        self.label = label
        self.seed = seed
        self.minCoverage = minCoverage
    }

    package var json: JSONValue {
        var members: [String: JSONValue] = [
            "v": JSONValue(KeyForm.revision), "numerics": .string(numerics), "mode": .string(mode.rawValue),
            "router": router.json(revision: routerRevision), "data": data.json, "split": split.json,
        ]
        if let trainModality { members["train_modality"] = .string(trainModality.rawValue) }
        if let fusion { members["fusion"] = fusion.json(revision: fusionRevision) }
        if let label { members["label"] = label.json }
        if let seed { members["seed"] = JSONValue(seed) }
        if minCoverage != ReferenceCoverage.standard { members["min_coverage"] = .double(minCoverage) }
        return .object(members)
    }

    /// `fit_key`.
    package var key: FitKey { FitKey(json.digest) }

    /// Reads what ``json`` or its canonical bytes hold.
    ///
    /// - Throws: ``RouteGridError`` `badInput` for a missing, unknown or ill-typed member, a name this build does not
    ///   know or a revision it does not have.
    package init(json: JSONValue, place: String = "fit") throws(RouteGridError) {
        var object = try StrictObject(json, place: place)
        try object.checkVersion()
        numerics = try object.text("numerics")
        mode = try object.choice("mode")
        let routerJSON = try object.required("router")
        router = try RouterConfiguration(json: routerJSON, place: "\(place).router")
        routerRevision = routerJSON["revision"]?.integerValue ?? 0
        data = try DataIdentity(json: try object.required("data"), place: "\(place).data")
        split = try Split(json: try object.required("split"), place: "\(place).split")
        trainModality = try object.optionalChoice("train_modality")
        (fusion, fusionRevision) = (nil, 1)
        if let json = object.optional("fusion") {
            fusion = try FusionConfiguration(json: json, place: "\(place).fusion")
            fusionRevision = json["revision"]?.integerValue ?? 0
        }
        label = nil
        if let json = object.optional("label") { label = try LabelConfiguration(json: json, place: "\(place).label") }
        seed = nil
        if json["seed"] != nil { seed = try object.integer("seed", in: GridRanges.seed) }
        minCoverage = try object.minCoverage()
        try object.finish()
    }

    /// Reads canonical bytes.
    package init(parsing bytes: [UInt8], place: String = "fit") throws(RouteGridError) {
        try self.init(json: try JSONValue(parsing: bytes, place: place), place: place)
    }
}

extension StrictObject {
    mutating func checkVersion() throws(RouteGridError) {
        try checkRevision(try integer("v"), own: KeyForm.revision, of: "the key format", place: place)
    }
}
