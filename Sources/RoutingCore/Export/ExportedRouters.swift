import Catalog
import RouteGridBase

/// Which kinds can be written, how each is read back, and why the others cannot.
enum ExportedRouters {
    static let kinds: [String] = RouterFitting.kinds.filter { kind in
        if case .read = RouterFitting.byName[kind]?.file { true } else { false }
    }

    /// Why a fit cannot be written; nil when it can.
    static func refusal(_ kind: String, mode: EvaluationMode, modality: Modality?, fusion: String?) -> String? {
        switch RouterFitting.byName[kind]?.file {
        case .read: break
        case .never(let why): return why
        case nil: return "this build does not write its state yet"
        }
        guard mode == .compat else { return nil }
        if ["best-single", "strongest", "cheapest"].contains(kind) {
            return "in mode compat it is fitted on the very queries that it is asked about"
        }
        if kind == "kmeansnew" || (modality == .both && fusion == "adaptive") {
            return "in mode compat adaptive fusion reads statistics of all queries that are asked about at once"
        }
        return nil
    }

    static func read(_ reader: FitReader) throws -> any FittedRouter {
        guard case .read(let read) = RouterFitting.byName[reader.kind]?.file else {
            throw reader.failure("router kind \"\(reader.kind)\": expected one of \(kinds.joined(separator: ", "))")
        }
        return try read(reader)
    }
}
