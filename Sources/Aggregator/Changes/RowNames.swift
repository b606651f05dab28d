package import RouteGridBase

/// Names of the rows of a board, as commands take them: `mathvision/knn-k-50`.
package struct RowNames: Sendable {
    /// One row.
    package struct Entry: Sendable {
        /// Places among the board's tables, and among the rows of its table.
        package let section: Int
        package let row: Int
        /// On the board, from 1: the line of `leaderboard.csv` without its heading.
        package let number: Int
        package let dataset: String
        /// The dataset, with a number where several tables are about it.
        package let table: String
        /// The router with what else tells rows of its table apart: `knn (k=50) · text`.
        package let router: String
        /// `DATASET/ROUTER` in small letters, digits and hyphens; `~2` tells further ones of a name apart.
        package let slug: String
        package var name: String { "\(table) · \(router)" }
    }

    package let entries: [Entry]

    package init(_ board: Leaderboard) {
        var entries: [Entry] = []
        var tables: [String: Int] = [:]
        for (place, section) in board.sections.enumerated() {
            let table = Self.counted(Self.slug(section.key.dataset), in: &tables)
            let count = tables[Self.slug(section.key.dataset)] ?? 1
            let names = RouterNames(among: section.rows)
            let axes = BoardTable.axes.filter { axis in Set(section.rows.compactMap(axis.text)).count > 1 }
            var routers: [String: Int] = [:]
            for (number, row) in section.rows.enumerated() {
                let parts = [names.name(of: row)] + axes.compactMap { $0.text(row) }.filter { !$0.isEmpty }
                let router = parts.joined(separator: " · ")
                entries.append(
                    Entry(
                        section: place,
                        row: number,
                        number: entries.count + 1,
                        dataset: SafeText.line(section.key.dataset),
                        table: SafeText.line(section.key.dataset) + (count > 1 ? " (table \(count))" : ""),
                        router: SafeText.line(router),
                        slug: "\(table)/\(Self.counted(Self.slug(router), in: &routers))"
                    )
                )
            }
        }
        self.entries = entries
    }

    /// The row of a table.
    package func entry(section: Int, row: Int) -> Entry? {
        entries.first { $0.section == section && $0.row == row }
    }

    /// The row that a person means: its number, its slug, or the slug of its router alone where one table has it.
    ///
    /// - Throws: `usage` for a name that no row has, with the nearest ones, or that several have, with all of them.
    package func find(_ text: String, on place: String) throws(RouteGridError) -> Entry {
        if let number = Int(text), let entry = entries.first(where: { $0.number == number }) { return entry }
        let slug = text.split(separator: "/").map { Self.slug(String($0)) }.joined(separator: "/")
        if let exact = entries.first(where: { $0.slug == slug }) { return exact }
        let alike = entries.filter { $0.slug.hasSuffix("/\(slug)") || Self.slug($0.router) == slug }
        if alike.count == 1 { return alike[0] }
        guard alike.isEmpty else {
            throw RouteGridError(
                .usage,
                "\(place): \(alike.count) rows are called \"\(text)\": \(Self.listed(alike.map(\.slug)))"
            )
        }
        // Those that begin alike go first, as when a parameter was left out.
        let begun = entries.filter { $0.slug.contains(slug) }.map(\.slug)
        let hint = begun.isEmpty ? NearestName.hint(slug, in: entries.map(\.slug)) : "; there are \(Self.listed(begun))"
        throw RouteGridError(.usage, "\(place): no row is called \"\(text)\"\(hint)")
    }

    /// Whether a person may mean a row by a text: its slug, or that of its router.
    package static func isCalled(_ entry: Entry, _ text: String) -> Bool {
        let slug = text.split(separator: "/").map { Self.slug(String($0)) }.joined(separator: "/")
        return entry.slug == slug || entry.slug.hasSuffix("/\(slug)")
    }

    private static func listed(_ slugs: [String]) -> String {
        slugs.prefix(12).joined(separator: ", ") + (slugs.count > 12 ? " and \(slugs.count - 12) more" : "")
    }

    private static func counted(_ name: String, in seen: inout [String: Int]) -> String {
        let count = (seen[name] ?? 0) + 1
        seen[name] = count
        return count == 1 ? name : "\(name)~\(count)"
    }

    /// Small letters, digits, dots and `~`; whatever else is between them becomes one hyphen.
    package static func slug(_ text: String) -> String {
        var out = ""
        for scalar in text.lowercased().unicodeScalars {
            let isKept =
                scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || scalar == "." || scalar == "~"
            if isKept { out.unicodeScalars.append(scalar) } else if !out.hasSuffix("-"), !out.isEmpty { out += "-" }
        }
        return out.hasSuffix("-") ? String(out.dropLast()) : out
    }
}
