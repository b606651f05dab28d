import Catalog
import RouteGridBase
import RoutingData
import Testing

@testable import RoutingCore

/// Losses, gradients and weights of ten steps of the peer's networks, from the peer's first weights on one batch.
@Suite struct OneStepTests {
    private static let folder = "digits_vqa/one_step"

    static func values(_ name: String) throws -> [Float] {
        try PeerCase.array("\(folder)/\(name)").doubles().map(Float.init)
    }

    static func batchRows() throws -> [Int] { try PeerCase.array("\(folder)/batch_rows").integers() }

    /// Largest difference relative to the largest golden value.
    static func relative(_ found: some Sequence<Float>, _ golden: [Float]) -> Double {
        let scale = golden.reduce(1e-12) { max($0, abs($1)) }
        return Double(zip(found, golden).reduce(0) { max($0, abs($1.0 - $1.1)) } / scale)
    }

    /// Weights and biases of every layer under the peer's names, layer after layer.
    private func parameters(_ prefix: String, mf: Bool) throws -> [Float] {
        var all = try ["0", "2", "4"].flatMap { layer in
            try Self.values("\(prefix).net.\(layer).weight") + Self.values("\(prefix).net.\(layer).bias")
        }
        if mf { all += try Self.values("\(prefix).W") + Self.values("\(prefix).b") }
        return all
    }

    @Test(arguments: ["mlp", "mlpmf"])
    func `ten steps of a perceptron are the peer's`(_ kind: String) throws {
        let peer = try #require(PeerCase.digits)
        let rows = try Self.batchRows()
        let features = try FeatureMap(peer.request(kind)).features(for: rows, of: peer.table)
        let targets = Matrix(
            rows: rows.count,
            columns: 13,
            elements: peer.table.quality.rows(rows).elements.map(Float.init)
        )
        let isMF = kind == "mlpmf"
        let shape = PerceptronShape(
            widths: isMF ? [64, 256, 128, 64, 13] : [64, 256, 128, 13],
            rectifies: isMF ? [true, true, false, false] : [true, true, false]
        )
        var training = PerceptronTraining(
            shape,
            parameters: try parameters("\(kind).w0", mf: isMF),
            batch: rows.count,
            rate: 1e-3
        )
        let all = Array(0..<rows.count)[...]
        let first = training.lossAndGradient(all, features: features, targets: targets, loss: PerceptronRouter.loss)
        #expect(Self.relative(first.gradient, try parameters("\(kind).grad", mf: isMF)) <= 1e-4)
        for expected in try Self.values("\(kind).loss") {
            let loss = training.step(all, features: features, targets: targets, loss: PerceptronRouter.loss)
            #expect(abs(loss - Double(expected)) <= 1e-4 * Double(expected))
        }
        #expect(Self.relative(training.parameters, try parameters("\(kind).w10", mf: isMF)) <= 1e-4)
    }

    @Test func `the peer's trained weights predict what they predict there`() throws {
        let peer = try #require(PeerCase.digits)
        let features = try FeatureMap(peer.request("mlp")).features(for: peer.parts.test, of: peer.table)
        let parameters = try ["0", "2", "4"].flatMap { layer in
            try ["weight", "bias"].flatMap { part in
                try PeerCase.array("digits_vqa/mlp_weights.perf.net.\(layer).\(part)").doubles().map(Float.init)
            }
        }
        let network = Perceptron(
            shape: PerceptronShape(inputs: 64, hidden: [256, 128], outputs: 13),
            parameters: parameters
        )
        #expect(largestDifference(network(features), try peer.matrix("mlp_perf_pred")) <= 1e-5)
    }

    @Test func `ten steps of the cross-modal transformer are the peer's`() throws {
        let peer = try #require(PeerCase.digits)
        let rows = try Self.batchRows()
        let divisor = try PeerCase.array("\(Self.folder)/cmr_cost_divisor").doubles()[0]
        func floats(_ values: Matrix<Double>, _ scale: Double) -> Matrix<Float> {
            Matrix(rows: rows.count, columns: 13, elements: values.rows(rows).elements.map { Float($0 / scale) })
        }
        let examples = CrossModalTraining.Examples(
            text: try peer.table.textEmbedding().rows(rows),
            image: try peer.table.imageEmbedding().rows(rows),
            quality: floats(peer.table.quality, 1),
            cost: floats(peer.table.cost, divisor)
        )
        let shape = CrossModalShape(text: 384, image: 64, width: 16, heads: 8, layers: 2, feedforward: 64, models: 13)
        func parameters(_ tag: String) throws -> [Float] {
            try shape.names.flatMap { try Self.values("cmr.\(tag).\($0)") }
        }
        var unused = Xoshiro256(seed: Digest(hashing: [UInt8]()))
        var training = CrossModalTraining(
            shape,
            parameters: try parameters("w0"),
            batch: rows.count,
            rate: 1e-3,
            weightDecay: 1e-4
        )
        let all = Array(0..<rows.count)[...]
        let first = training.lossAndGradient(all, of: examples, dropout: 0, using: &unused)
        let golden = try parameters("grad")
        for name in shape.names where !name.hasSuffix("in_proj_bias") {
            let place = shape.place(name)
            #expect(Self.relative(first.gradient[place], Array(golden[place])) <= 1e-4, "\(name)")
        }
        // Keys' biases cancel in the softmax: their gradient is rounding noise. Queries and values come before and
        // after.
        for name in shape.names where name.hasSuffix("in_proj_bias") {
            let place = shape.place(name)
            let (found, expected) = (Array(first.gradient[place]), Array(golden[place]))
            #expect(Self.relative(found[..<16] + found[32...], Array(expected[..<16] + expected[32...])) <= 1e-4)
            let largest = expected.reduce(0) { max($0, abs($1)) }
            #expect(found[16..<32].allSatisfy { abs($0) <= 1e-4 * largest })
        }
        for expected in try Self.values("cmr.loss") {
            let loss = training.step(all, of: examples, dropout: 0, using: &unused)
            #expect(abs(loss - Double(expected)) <= 1e-4 * Double(expected))
        }
        #expect(Self.relative(training.parameters, try parameters("w10")) <= 1e-4)
    }
}
