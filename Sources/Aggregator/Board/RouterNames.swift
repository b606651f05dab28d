import Catalog
import RouteGridBase

/// How the routers of a table's rows are called: by kind, with what tells them apart.
struct RouterNames {
    /// The parameters that vary among the rows of a kind.
    private var varied: [String: Set<String>] = [:]
    /// The kinds with rows of several revisions.
    private var revised: Set<String> = []
    private var defaults: [String: [String: String]] = [:]

    init(among rows: [BoardRow]) {
        for (kind, rows) in Dictionary(grouping: rows, by: \.routerKind) {
            let routers = rows.map { $0.job["router"] ?? .null }
            let names = Set(routers.flatMap { ($0.objectValue ?? [:]).keys })
            varied[kind] = names.filter { name in routers.contains { $0[name] != routers[0][name] } }
            if Set(rows.map { $0.job["revisions"]?["router"] }).count > 1 { revised.insert(kind) }
            defaults[kind] = RouterNames.defaults(of: kind)
        }
    }

    /// `knn`, and in parentheses the parameters that are not the default, or that vary among the rows of its kind; all
    /// of them where the row was chosen among several, and `knn (selected)` where each split index has a choice of its
    /// own.
    ///
    /// What tells programs apart stands first, since it often is the last of their many parameters and a terminal cuts.
    func name(of row: BoardRow) -> String {
        let kind = row.routerKind
        let isChosen = (row.selection?.configurations ?? 1) > 1
        if isChosen, row.selection?.isByIndex == true {
            return kind == "selected" ? "(selected)" : "\(kind) (selected)"
        }
        let varied = varied[kind] ?? []
        var shown = RowLabels(row: row).named.filter { name, value in
            isChosen || varied.contains(name) || defaults[kind]?[name] != RowLabels.text(value)
        }
        if kind == RouterCatalog.programKind {
            shown = shown.filter { varied.contains($0.0) } + shown.filter { !varied.contains($0.0) }
        }
        var parts = shown.map { "\($0.0)=\(RowLabels.text($0.1))" }
        if revised.contains(kind) {
            let revision = row.job["revisions"]?["router"]?.integerValue
            parts.append(revision.map { "revision \($0)" } ?? "earlier revision")
        }
        return parts.isEmpty ? kind : "\(kind) (\(parts.joined(separator: ", ")))"
    }

    /// What the catalog fills in; nothing for a router that it does not know.
    private static func defaults(of kind: String) -> [String: String] {
        guard let descriptor = RouterCatalog.descriptors.first(where: { $0.kind == kind }) else { return [:] }
        let pairs = descriptor.parameters.compactMap { parameter in
            parameter.defaultValue.map { (parameter.name, RowLabels.text($0)) }
        }
        return Dictionary(uniqueKeysWithValues: pairs)
    }
}
