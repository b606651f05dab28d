import Foundation
import RouteGridBase
import RoutingData
import TestSupport
import Testing

/// Good files with seeded damage: each gives a dataset that keeps the rules of the format, or an error with the file's
/// name.
struct ImportMutationTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static let good =
        "sample_id,question,a_correct,a_cost,a_tokens_in,a_tokens_out,b_correct,b_cost,b_tokens_in,b_tokens_out\n"
        + "x,\"how, many?\",1,0.5,10,2,0,1e-3,4,1\ny,what,0.25,2,1,1,,,,\nz,\"say \"\"so\"\"\",0,1,1,1,1,3,1,0\n"

    /// Pieces that people and programs put where they do not belong.
    private static let pieces =
        [
            "", ",", ";", "\t", "|", "\"", "\n", "\r\n", "\r", " ", "\u{FEFF}", "\u{A0}", "nan", "inf", "-", "+",
            "1e308", "1e-320",
            "-9223372036854775808", "0x1F", "True", "None", "NULL", "1,5", "\u{0}", "\u{1B}[2J", "=1+1", "ü", "1e18",
            "1e19",
        ].map { Array($0.utf8) } + [[0xff], [0xc0, 0x80]]

    private func outcome(_ bytes: [UInt8], format: TableFormat, _ form: CorrectnessForm) throws -> Dataset? {
        let path = try folder.write(bytes, to: "o.csv")
        let importer = CSVImporter(outcomes: path, format: format, values: form, labels: ImportLabels(name: "mine"))
        do { return try importer.read().dataset } catch {
            #expect(error.code == .badInput && error.message.contains("o.csv"), "\(error)")
            #expect(error.further.count < 20)
            return nil
        }
    }

    @Test(arguments: 0..<4) func `a damaged table is refused, or a whole dataset`(part: Int) throws {
        var generator = Xoshiro256(seed: HashedText.digest(["table mutations", String(part)]))
        var accepted = 0
        for round in 0..<1_000 {
            var bytes = Array(Self.good.utf8)
            for _ in 0...generator.below(2) {
                let place = generator.below(bytes.count)
                let end = min(bytes.count, place + generator.below(4))
                bytes.replaceSubrange(place..<end, with: Self.pieces[generator.below(Self.pieces.count)])
            }
            let format = TableFormat(
                separator: TableFormat.Separator.allCases[generator.below(8) == 0 ? generator.below(4) : 0]
            )
            let form: CorrectnessForm = generator.below(8) == 0 ? .bool : .number
            guard let dataset = try outcome(bytes, format: format, form) else { continue }
            accepted += 1
            for (quality, cost) in zip(dataset.quality.elements, try #require(dataset.cost).elements) {
                let isWhole = quality >= 0 && quality <= 1 && ValueRange.cost.contains(cost)
                #expect(isWhole || quality.isNaN && cost.isNaN, "round \(round)")
            }
            for model in dataset.models { #expect(NameRule.problem(model) == nil, "round \(round)") }
            guard round % 10 == 0 else { continue }
            try dataset.write(to: folder.path("d"))
            #expect(try Dataset.load(folder: folder.path("d")) == dataset, "round \(round)")
        }
        #expect((50..<950).contains(accepted))
    }

    @Test func `damaged tensors and descriptions of a dataset are refused, or give what they hold`() throws {
        try Fixtures.dataset().write(to: folder.path("d"))
        let names = ["dataset.json", "tensors.safetensors", "samples.csv"]
        let whole = try names.map { try FileBytes.read(folder.path("d/\($0)")) }
        var generator = Xoshiro256(seed: HashedText.digest(["folder mutations"]))
        let awkward = [
            Double.nan, .infinity, -.infinity, -1, 1e308, .leastNonzeroMagnitude, -0.0, Double(Int64.min), 1e18,
        ]
        for _ in 0..<1_500 {
            let file = generator.below(names.count)
            var bytes = whole[file]
            if file == 1, generator.below(2) == 0 {
                // A whole double in place of one.
                let place = (bytes.count - 8) - 4 * generator.below(30)
                let bits = awkward[generator.below(awkward.count)].bitPattern
                for index in 0..<8 { bytes[place + index] = UInt8(truncatingIfNeeded: bits >> (8 * UInt64(index))) }
            } else {
                for _ in 0...generator.below(3) {
                    let place = generator.below(bytes.count)
                    bytes.replaceSubrange(place..<place + 1, with: Self.pieces[generator.below(Self.pieces.count)])
                }
            }
            try folder.write(bytes, to: "d/\(names[file])")
            do {
                let dataset = try Dataset.load(folder: folder.path("d"))
                for (quality, cost) in zip(dataset.quality.elements, dataset.cost?.elements ?? dataset.quality.elements)
                {
                    let isWhole =
                        quality >= 0 && quality <= 1 && (dataset.cost == nil || ValueRange.cost.contains(cost))
                    #expect(isWhole || quality.isNaN && cost.isNaN)
                }
            } catch {
                #expect(error.code == .badInput && error.message.contains("/d/"), "\(error)")
            }
            try folder.write(whole[file], to: "d/\(names[file])")
        }
    }

    @Test func `damaged lists of names are refused, or give names that are names`() throws {
        var generator = Xoshiro256(seed: HashedText.digest(["name mutations"]))
        for _ in 0..<1_000 {
            var bytes = Array((generator.below(2) == 0 ? "[\"gpt\", \"C\", \"a\"]" : "gpt\nC\na\n").utf8)
            for _ in 0...generator.below(2) {
                let place = generator.below(bytes.count)
                bytes.replaceSubrange(
                    place..<place + generator.below(2),
                    with: Self.pieces[generator.below(Self.pieces.count)]
                )
            }
            let importer = VLRouterBenchImporter(
                quality: Fixtures.golden("npy/bool.npy"),
                cost: Fixtures.golden("npy/f4.npy"),
                sampleNames: try folder.write("MMStar/0\nAI2D/1\n", to: "samples"),
                modelNames: try folder.write(bytes, to: "models"),
                labels: ImportLabels(name: "vl")
            )
            do {
                for model in try importer.read().dataset.models { #expect(NameRule.problem(model) == nil) }
            } catch {
                #expect(error.code == .badInput, "\(error)")
            }
        }
    }
}
