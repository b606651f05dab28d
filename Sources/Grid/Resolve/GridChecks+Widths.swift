import Catalog
import RouteGridBase
import RoutingData

extension GridChecks {
    /// In mode `compat` the vector that is asked about has the width of the vector that was trained on.
    ///
    /// Mode `sound` masks what is not given by zeros and needs no such thing; nor does a router that reads the
    /// modalities apart, unless it has a fusion of its own.
    func checkWidths(_ block: GridBlock, _ ownFusion: String?) throws(RouteGridError) {
        guard block.reads.contains(.embeddings) else { return }
        guard !block.reads.contains(.separateModalities) || ownFusion != nil else { return }
        for pair in file.modalities where pair.value.train != pair.value.test {
            for encoder in file.encoders {
                for table in block.tables.map({ axes.tables[$0] }) {
                    guard let data = datasets.first(where: { $0.name == table.dataset })?.dataset,
                        let text = encoder.value.text.flatMap({ data.text[$0]?.columns }),
                        let image = encoder.value.image.flatMap({ data.image[$0]?.columns })
                    else { continue }
                    let built = ownFusion == nil ? pair.value : pair.value.readingBothForImage
                    for fusion in ownFusion.map({ [$0] }) ?? kinds(of: pair.value) {
                        let context = ExcludeContext(
                            block: block.kind,
                            table: table,
                            encoder: encoder.value,
                            modality: pair.value,
                            fusion: ownFusion == nil ? fusion : nil
                        )
                        if isExcluded(context) { continue }
                        let train = width(built.train, fusion, text: text, image: image)
                        let test = width(built.test, fusion, text: text, image: image)
                        if train != test { throw differs(pair, fusion, train, test, block: block, table: table) }
                    }
                }
            }
        }
    }

    /// The fusions that a pair of modalities reads; nil stands for none.
    private func kinds(of pair: ModalityPair) -> [String?] {
        guard pair.train == .both || pair.test == .both else { return [nil] }
        return file.fusions.map(\.value.kind)
    }

    private func width(_ modality: Modality, _ fusion: String?, text: Int, image: Int) -> Int {
        switch modality {
        case .text: text
        case .image: image
        case .both: FusionCatalog.width(of: fusion ?? "", text: text, image: image) ?? 0
        }
    }

    private func differs(
        _ pair: GridFile.Placed<ModalityPair>,
        _ fusion: String?,
        _ train: Int,
        _ test: Int,
        block: GridBlock,
        table: GridTable
    ) -> RouteGridError {
        let fused = fusion.map { " under fusion \($0)" } ?? ""
        return .badInput(
            pair.place,
            "mode compat: router \(block.kind) on dataset \(table.dataset)\(fused) trains on \(pair.value.train.rawValue) "
                + "with \(train) features and predicts from \(pair.value.test.rawValue) with \(test): expected features "
                + "of one width, or this left out by exclude"
        )
    }
}

extension ModalityPair {
    /// What a router with a fusion of its own reads in mode `compat`, see ``RouterDescriptor/ownFusion``.
    fileprivate var readingBothForImage: ModalityPair {
        ModalityPair(train: train == .image ? .both : train, test: test == .image ? .both : test)
    }
}
