import Catalog
import RouteGridBase
import RoutingData

/// A router whose choices come from no query: one of its policies can be written and read back.
///
/// By lot, a query's model depends on how many queries stand before it: all are to be asked about at once.
protocol ExportablePolicy: FittedRouter {
    /// Writes one policy; where it is read back, it is the last of the router's policies.
    func write(policy: Int, to writer: inout FitWriter)
}

extension SingleModelRouter: ExportablePolicy {
    func write(policy: Int, to writer: inout FitWriter) {
        if case .model(let model) = choice { writer.members["model"] = JSONValue(model) }
    }

    init(_ reader: FitReader) throws(RouteGridError) {
        self.init(.model(try reader.integer("model", in: 0...reader.modelCount - 1)))
    }
}

extension RandomRouter: ExportablePolicy {
    /// Earlier policies are drawn too: all come from one stream.
    func write(policy: Int, to writer: inout FitWriter) {
        writer.members["trials"] = JSONValue(policy + 1)
        writer.members["among"] = .array((models ?? Array(0..<modelCount)).map { JSONValue($0) })
        writer.add(streams)
    }

    init(_ reader: FitReader) throws(RouteGridError) {
        let listed = reader.members["among"]?.arrayValue?.compactMap(\.integerValue) ?? []
        guard !listed.isEmpty, listed.allSatisfy({ (0..<reader.modelCount).contains($0) }) else {
            throw reader.failure("among: expected model numbers")
        }
        self.init(
            trials: try reader.integer("trials", in: 1...1_000),
            modelCount: listed.count,
            mode: reader.mode,
            streams: try reader.streams(),
            models: listed
        )
    }
}

extension RandomMixRouter: ExportablePolicy {
    func write(policy: Int, to writer: inout FitWriter) {
        let mix = mixes[policy]
        writer.members["cheap"] = JSONValue(mix.cheap)
        writer.members["dear"] = JSONValue(mix.dear)
        writer.members["rounds_down"] = .bool(roundsDown)
        writer.add("share", [mix.share])
        writer.add(streams)
    }

    init(_ reader: FitReader) throws(RouteGridError) {
        let share = try reader.vector("share", count: 1)[0]
        guard 0...1 ~= share, let roundsDown = reader.members["rounds_down"]?.boolValue else {
            throw reader.failure("share: expected 0…1, and whether it is rounded down")
        }
        let models = 0...reader.modelCount - 1
        let mix = Mix(
            cheap: try reader.integer("cheap", in: models),
            dear: try reader.integer("dear", in: models),
            share: share
        )
        self.init(mix, streams: try reader.streams(), roundsDown: roundsDown)
    }
}
