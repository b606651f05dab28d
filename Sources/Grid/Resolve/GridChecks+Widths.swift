import RouteGridBase
import RouterCatalog
import RoutingData

extension GridChecks {
    /// In mode `compat` the vector that is asked about has the width of the vector that was trained on.
    ///
    /// Mode `sound` masks what is not given by zeros and needs no such thing.
    func checkWidths(_ block: GridBlock) throws(RouteGridError) {
        guard block.reads.contains(.embeddings) else { return }
        for pair in file.modalities where pair.value.train != pair.value.test {
            for encoder in file.encoders {
                for table in block.tables.map({ axes.tables[$0] }) {
                    guard let data = datasets.first(where: { $0.name == table.dataset })?.dataset,
                        let text = encoder.value.text.flatMap({ data.text[$0]?.columns }),
                        let image = encoder.value.image.flatMap({ data.image[$0]?.columns })
                    else { continue }
                    for fusion in kinds(of: pair.value) {
                        let context = ExcludeContext(
                            block: block.kind,
                            table: table,
                            encoder: encoder.value,
                            modality: pair.value,
                            fusion: fusion
                        )
                        if isExcluded(context) { continue }
                        let train = width(pair.value.train, fusion, text: text, image: image)
                        let test = width(pair.value.test, fusion, text: text, image: image)
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
                + "with \(train) features and is asked about \(pair.value.test.rawValue) with \(test): expected features "
                + "of one width, or this left out by exclude"
        )
    }
}
