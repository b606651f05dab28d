import Catalog
import RouteGridBase
import RoutingData
import Testing

@testable import RoutingCore

/// Predictions of MMR-Bench's own code on the shipped data, element by element.
@Suite struct MMRBenchAgreementTests {
    /// Quality to `tolerance`; cost to `tolerance` of the dearest prediction.
    private func expectAgreement(
        _ peer: PeerCase,
        _ router: any FittedRouter,
        _ golden: String,
        tolerance: Double
    ) throws {
        let (quality, cost) = try router.predictions(peer.parts.test, peer.table)
        let goldenQuality = try peer.matrix("\(golden)_perf_pred")
        let goldenCost = try peer.matrix("\(golden)_cost_pred")
        #expect(largestDifference(quality, goldenQuality) <= tolerance)
        #expect(largestDifference(cost, goldenCost) <= tolerance * max(1, largestMagnitude(goldenCost)))
    }

    @Test func `the shipped data are there`() { #expect(PeerCase.both.count == 2) }

    @Test(arguments: PeerCase.both)
    func `knn predicts as the peer`(_ peer: PeerCase) throws {
        try expectAgreement(peer, try RouterFitting.fit(peer.request("knn")), "knn", tolerance: 1e-9)
    }

    @Test(arguments: PeerCase.both)
    func `linear predicts as the peer`(_ peer: PeerCase) throws {
        try expectAgreement(peer, try RouterFitting.fit(peer.request("linear")), "linear", tolerance: 1e-5)
    }

    @Test(arguments: PeerCase.both)
    func `linearmf predicts as the peer`(_ peer: PeerCase) throws {
        try expectAgreement(peer, try RouterFitting.fit(peer.request("linearmf")), "linearmf", tolerance: 1e-4)
    }

    @Test(arguments: PeerCase.both)
    func `linearmf of rank 16 predicts as the peer`(_ peer: PeerCase) throws {
        let router = try RouterFitting.fit(peer.request("linearmf", ["rank": 16]))
        try expectAgreement(peer, router, "linearmf_rank16", tolerance: 1e-3)
    }

    @Test(arguments: PeerCase.both)
    func `singular values agree with the peer's randomised ones`(_ peer: PeerCase) throws {
        let features = try FeatureMap(peer.request("linearmf")).features(for: peer.parts.train, of: peer.table)
        let eigen = try SymmetricEigen(largest: 16, of: features.widened().gram())
        let golden = try PeerCase.array("\(peer.name)/linearmf_rank16_singular_values").doubles()
        for (value, expected) in zip(eigen.values, golden) {
            #expect(abs(value.squareRoot() - expected) <= 1e-3 * golden[0])
        }
    }

    @Test(arguments: PeerCase.both, [false, true])
    func `clusters with the peer's centres are the peer's clusters`(_ peer: PeerCase, adaptive: Bool) throws {
        let golden = adaptive ? "kmeansnew" : "kmeans"
        let request = try peer.request("kmeans")
        let router = try ClusterRouter(request, adaptive: adaptive, centres: peer.matrix("\(golden)_centers"))
        let labels = try router.labels(for: peer.parts.test, of: peer.table, modality: nil).map(Int.init)
        #expect(labels == (try PeerCase.array("\(peer.name)/\(golden)_test_labels").integers()))
        let quality = router.representatives.columns(Array(0..<peer.table.models.count))
        let cost = router.representatives.columns(Array(peer.table.models.count..<2 * peer.table.models.count))
        let goldenCost = try peer.matrix("\(golden)_cost_repr")
        #expect(largestDifference(quality, try peer.matrix("\(golden)_perf_repr")) <= 1e-9)
        #expect(largestDifference(cost, goldenCost) <= 1e-9 * max(1, largestMagnitude(goldenCost)))
    }

    @Test(arguments: PeerCase.both)
    func `adaptive fusion is the peer's`(_ peer: PeerCase) throws {
        let map = try FeatureMap(peer.request("kmeans"), fusion: .adaptive)
        for (part, rows) in [("train", peer.parts.train), ("test", peer.parts.test)] {
            let fused = try map.features(for: rows, of: peer.table).widened()
            let golden = try peer.matrix("kmeansnew_\(part)_fused")
            #expect(largestDifference(fused.rows(Array(0..<200)), golden) <= 1e-5)
        }
    }

    @Test(arguments: PeerCase.both, ["oracle", "random", "knn", "linear", "linearmf"])
    func `curves are the peer's`(_ peer: PeerCase, kind: String) throws {
        let curve = try peer.curve(of: peer.request(kind))
        let golden = try #require(peer.summary(kind).first)
        #expect(abs(curve.nAUC - golden.nAUC) <= 1e-6)
        #expect(abs(curve.ps - golden.ps) <= 1e-9)
    }

    @Test(arguments: PeerCase.both)
    func `own clusters come near the peer's curve`(_ peer: PeerCase) throws {
        let curve = try peer.curve(of: peer.request("kmeans"))
        #expect(abs(curve.nAUC - (try #require(peer.summary("kmeans").first)).nAUC) <= 0.01)
    }

    /// Networks are not seeded by the peer: five of its runs give a mean to come near to.
    @Test(arguments: PeerCase.both, ["mlp", "mlpmf"])
    func `trained networks come near the peer's curves`(_ peer: PeerCase, kind: String) throws {
        let golden = try peer.summary(kind).map(\.nAUC)
        let mean = golden.reduce(0, +) / Double(golden.count)
        let found = try (0..<3).map { try peer.curve(of: peer.request(kind, seed: $0)).nAUC }
        #expect(abs(found.reduce(0, +) / 3 - mean) <= 0.01)
    }

    /// Two bars are wider, where the peer's float32 noise decides.
    ///
    /// A dozen images are in the data several times and tie for the 50th place of `knn`; the text features have a
    /// column of deviation 1e-8, which the peer's least squares keep as a direction of rounding noise.
    private static let oneModality: [(kind: String, modality: Modality, bar: Double)] = [
        ("knn", .text, 1e-6), ("knn", .image, 1e-4), ("linear", .image, 1e-6), ("linear", .text, 2e-3),
    ]

    @Test(arguments: oneModality)
    func `one modality on mathvision15 gives the peer's curve`(
        _ kind: String,
        _ modality: Modality,
        bar: Double
    ) throws {
        let peer = try #require(PeerCase.mathvision)
        let curve = try peer.curve(of: peer.request(kind, modality: modality))
        let golden = try #require(peer.summary(kind, mode: modality == .text ? "11" : "33").first)
        #expect(abs(curve.nAUC - golden.nAUC) <= bar)
    }
}
