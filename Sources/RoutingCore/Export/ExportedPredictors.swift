import Catalog
import RouteGridBase
import RoutingData

// Routers that predict quality and cost.

extension RegressionRouter: ExportableRouter {
    var featureMap: FeatureMap { features }

    func write(to writer: inout FitWriter) { writer.add(model) }

    init(_ reader: FitReader) throws(RouteGridError) {
        self.init(features: reader.map, model: try reader.affine(targets: 2 * reader.modelCount))
    }
}

extension ClusterRouter: ExportableRouter {
    var featureMap: FeatureMap { features }

    func write(to writer: inout FitWriter) {
        writer.add("centres", clusters.centres)
        writer.add("representatives", representatives)
    }

    init(_ reader: FitReader) throws(RouteGridError) {
        let centres = try reader.doubles("centres", columns: reader.map.width)
        features = reader.map
        readsBothForImage = false
        clusters = NearestCentre(centres)
        representatives = try reader.doubles("representatives", rows: centres.rows, columns: 2 * reader.modelCount)
        trainLabels = []
    }
}

extension NearestNeighboursRouter: ExportableRouter {
    var featureMap: FeatureMap { features }

    func write(to writer: inout FitWriter) {
        writer.add("points", search.points)
        writer.add("targets", targets.values)
        writer.add("means", targets.means)
        writer.members["k"] = JSONValue(count)
        writer.members["metric"] = .string(search.metric.rawValue)
    }

    init(_ reader: FitReader) throws(RouteGridError) {
        let points = try reader.floats("points", columns: reader.map.width)
        guard let metric = reader.members["metric"]?.stringValue.flatMap(NeighbourMetric.init) else {
            throw reader.failure("metric: expected cosine or euclidean")
        }
        features = reader.map
        search = NeighbourSearch(points, metric: metric)
        let width = 2 * reader.modelCount
        targets = TrainTargets(
            values: try reader.doubles("targets", rows: points.rows, columns: width),
            means: try reader.vector("means", count: width)
        )
        count = try reader.integer("k", in: 1...max(points.rows, 1))
        mode = reader.mode
        isComplete = !targets.values.elements.contains { $0.isNaN }
    }
}

extension PerceptronRouter: ExportableRouter {
    var featureMap: FeatureMap { features }

    func write(to writer: inout FitWriter) {
        writer.add(quality, "quality")
        writer.add(cost, "cost")
        writer.add(targets)
    }

    init(_ reader: FitReader) throws(RouteGridError) {
        features = reader.map
        targets = try reader.regressionTargets()
        quality = try reader.network("quality")
        cost = try reader.network("cost")
    }
}

extension CrossModalRouter: ExportableRouter {
    /// It reads the modalities apart: the map carries their widths.
    var featureMap: FeatureMap {
        FeatureMap(
            mode: mode,
            trained: trained,
            rule: .concat,
            textWidth: shape.text,
            imageWidth: shape.image
        )
    }

    func reads(_ given: Modality) -> Modality { mode == .compat && given == .image ? .both : given }

    func write(to writer: inout FitWriter) {
        for name in shape.names {
            let (values, rows) = (Array(parameters[shape.place(name)]), shape.rows(name))
            writer.add("network.\(name)", Matrix(rows: rows, columns: values.count / rows, elements: values))
        }
        writer.members["heads"] = JSONValue(shape.heads)
        writer.members["layers"] = JSONValue(shape.layers)
        writer.add(targets)
    }

    init(_ reader: FitReader) throws(RouteGridError) {
        let (layers, map) = (try reader.integer("layers", in: 0...1_000), reader.map)
        let projection = try reader.floats("network.proj_text.weight", columns: map.textWidth)
        let feedforward =
            layers > 0 ? try reader.floats("network.\(CrossModalShape.prefix(0)).ff.0.weight").rows : 1
        let heads = try reader.integer("heads", in: 1...projection.rows)
        guard projection.rows % heads == 0, projection.rows <= 1 << 16, feedforward <= 1 << 24, map.imageWidth > 0
        else {
            throw reader.failure("network: expected a width that is a multiple of \(heads) heads")
        }
        let shape = CrossModalShape(
            text: map.textWidth,
            image: map.imageWidth,
            width: projection.rows,
            heads: heads,
            layers: layers,
            feedforward: feedforward,
            models: reader.modelCount
        )
        var parameters: [Float] = []
        for name in shape.names {
            let rows = shape.rows(name)
            let columns = shape.place(name).count / rows
            parameters += try reader.floats("network.\(name)", rows: rows, columns: columns).elements
        }
        (mode, trained, self.shape) = (reader.mode, map.trained, shape)
        targets = try reader.regressionTargets()
        self.parameters = parameters
    }
}
