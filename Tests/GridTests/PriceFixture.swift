import Grid
import RouteGridBase
import TestSupport
import Testing

/// Grids with price sheets.
enum PriceFixture {
    /// Resolves a grid beside its sheets, by file name, and dataset `one` with token counts.
    static func resolve(_ yaml: String, sheets: [String: String], tokens: Bool = true) throws -> ResolvedGrid {
        let (folder, path) = try DatasetFixture.folder([DatasetFixture.dataset("one", tokens: tokens)])
        defer { withExtendedLifetime(folder) {} }
        for (name, sheet) in sheets { try folder.write(sheet, to: name) }
        return try GridResolver.resolve(GridFile(yaml: yaml, path: path), numerics: DatasetFixture.numerics)
    }

    /// What is wrong with the input of a grid, line by line.
    static func problems(_ body: () throws -> ResolvedGrid) -> [String] {
        do {
            _ = try body()
            return []
        } catch let error as RouteGridError {
            #expect(error.code == .badInput)
            return error.lines
        } catch {
            Issue.record("another error: \(error)")
            return []
        }
    }

    /// A sheet of our own form for models a, b and c.
    static func sheet(a: Double, date: String = "2026-11-01") -> String {
        """
        {"schema": "routegrid/prices/v1", "unit": "USD", "date": "\(date)", "models":
         {"a": {"in": \(a), "out": 2}, "b": {"in": 1, "out": 3, "request": 0.5}, "c": {"in": 0.1, "out": 0.2}}}
        """
    }
}
