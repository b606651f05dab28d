import Catalog
import Foundation
package import RouteGridBase
import RoutingData

/// The same grid under other prices.
extension GridLock {
    /// The grid whose costs are the token counts that its own costs are made of, under another sheet.
    ///
    /// Cells and groups keep their numbers; the keys are those of a grid file that names the sheet.
    ///
    /// - Parameters:
    ///   - path: the sheet, in any form that grids take.
    ///   - content: gives the bytes of a blob, nil where it is not at hand.
    /// - Returns: the grid, with the blobs of its costs only.
    /// - Throws: `badInput` for a sheet that is wrong or lacks a model, and for costs that no token counts are kept of.
    package func repriced(
        sheet path: String,
        content: (Digest) throws(RouteGridError) -> [UInt8]?
    ) throws(RouteGridError) -> ResolvedGrid {
        try checkRepricing()
        let sheet = try PriceSheet(path: path)
        var (contents, blobs, warnings) = (self.contents, BlobCollector(), [String]())
        var kept: Set<Digest> = []
        for (place, table) in contents.axes.tables.enumerated() {
            guard case .prices(let tokensIn, let tokensOut, _) = table.cost else {
                throw .badInput(
                    "grid \(name)",
                    "dataset \(table.dataset) has costs and no token counts beside the board: --grid FILE names the grid "
                        + "file, whose dataset folder has them"
                )
            }
            if table.facts.contains(.hiddenTokens), sheet.hiddenTokens == .billed {
                throw .badInput(
                    path,
                    "\"hidden_tokens\": \"billed\" needs the token totals of dataset \(table.dataset), which are not beside "
                        + "the board: --grid FILE names the grid file, whose dataset folder has them"
                )
            }
            func bytes(_ digest: Digest) throws(RouteGridError) -> [UInt8] {
                guard let bytes = try content(digest) else {
                    throw .badInput(
                        "grid \(name)",
                        "dataset \(table.dataset): blob \(digest.hex.prefix(12))… is not beside the board: --grid FILE names "
                            + "the grid file that has the data"
                    )
                }
                return bytes
            }
            func matrix(_ digest: Digest) throws(RouteGridError) -> Matrix<Double> {
                try TensorBlob.decodeDoubles(try bytes(digest), place: "blob \(digest)")
            }
            let samples = try SampleList.decode(try bytes(table.samples), place: "blob \(table.samples)")
            let data = Dataset(
                name: table.dataset,
                models: table.models,
                costUnit: nil,
                provenance: "",
                licence: "",
                samples: samples.map { DatasetSample(sample: $0) },
                quality: try matrix(table.quality),
                cost: nil,
                tokensIn: try matrix(tokensIn),
                tokensOut: try matrix(tokensOut)
            )
            for matrix in [data.quality, data.tokensIn, data.tokensOut].compactMap(\.self)
            where matrix.rows != samples.count || matrix.columns != table.models.count {
                throw .badInput("grid \(name)", "dataset \(table.dataset): tensors of another shape than its samples")
            }
            let priced = try sheet.cost(of: data, name: table.dataset, folder: "the board's blobs", blobs: &blobs)
            var facts = Set(priced.facts)
            if table.facts.contains(.hiddenTokens), sheet.hiddenTokens == nil { facts.insert(.hiddenTokens) }
            // What tokens and answers are, prices do not change.
            facts.formUnion(Set(table.facts).intersection([.constantTokens, .otherModel]))
            for warning in priced.warnings where !warnings.contains("dataset \(table.dataset): \(warning)") {
                warnings.append("dataset \(table.dataset): \(warning)")
            }
            contents.axes.tables[place].cost = priced.cost
            contents.axes.tables[place].prices = sheet.label
            contents.axes.tables[place].costUnit = "USD"
            contents.axes.tables[place].facts = DataFact.allCases.filter(facts.contains)
            kept.formUnion([table.samples, table.quality])
            kept.formUnion(table.text.values)
            kept.formUnion(table.image.values)
        }
        let old = Set(self.contents.axes.tables.flatMap(\.cost.blobs)).subtracting(kept)
        let new = blobs.list
        let others = contents.blobs.filter { blob in
            !old.contains(blob.digest) && !new.contains { $0.digest == blob.digest }
        }
        contents.blobs = (others + new).sorted { $0.digest < $1.digest }
        return ResolvedGrid(lock: try GridLock(contents), blobs: blobs.sources, warnings: warnings)
    }

    /// The grid of a file under a sheet in place of the file's own costs.
    ///
    /// - Parameters:
    ///   - path: the sheet.
    ///   - gridFile: the grid file that this lock was made of.
    /// - Returns: the grid, with all of its blobs.
    /// - Throws: `badInput` as `repriced(sheet:content:)`, and for a file of another grid.
    package func repriced(sheet path: String, gridFile: String) throws(RouteGridError) -> ResolvedGrid {
        try checkRepricing()
        var file = try GridFile(path: gridFile)
        file.prices = [GridFile.Placed(value: URL(fileURLWithPath: path).path, place: path)]
        let grid = try GridResolver.resolve(file, numerics: NumericsClasses(portable: numerics, native: numerics))
        guard Self.unpriced(grid.lock.contents) == Self.unpriced(contents) else {
            throw .badInput(gridFile, "is not the grid of the board: it differs in more than costs")
        }
        return grid
    }

    /// Cells of several prices would all become those of one.
    private func checkRepricing() throws(RouteGridError) {
        guard contents.axes.priceCount > 1 else { return }
        throw .badInput(
            "grid \(name)",
            "its board is under \(contents.axes.priceCount) prices already; add the sheet to prices: in the grid file, or "
                + "price the board of a grid with one"
        )
    }

    /// What a grid is without its costs and without what no result depends on.
    private static func unpriced(_ contents: GridLockContents) -> GridLockContents {
        var contents = contents
        contents.axes.tables = contents.axes.tables.map(\.unpriced)
        contents.limits = GridLimits()
        contents.resources = GridResources()
        (contents.priority, contents.blobs) = (0, [])
        return contents
    }

    /// Whether the fits of a group depend on what models cost.
    package func trainsOnCost(_ group: Int) -> Bool {
        contents.blocks[block(ofGroup: group)].reads.contains(.trainCost)
    }

    /// Whether the fits of a group read embeddings.
    package func readsEmbeddings(_ group: Int) -> Bool {
        contents.blocks[block(ofGroup: group)].reads.contains(.embeddings)
    }
}
