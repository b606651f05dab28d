import Foundation
import Grid
import RouteGridBase
import RoutingData
import TestSupport
import Testing

/// Grid files that ask for more than anybody has: refused with line and field before anything is unfolded.
@Suite(.timeLimit(.minutes(2))) struct SlowGridTests {
    private static let head = "datasets: {one: one}\n"
    private static let bomb = (1...12).map { level in
        "  b\(level): &b\(level) [\((0..<9).map { _ in "*b\(level - 1)" }.joined(separator: ","))]"
    }.joined(separator: "\n")

    static let cases: [(String, String)] = [
        ("seeds: \"range(1e127,1e128)\"\nrouters: [random]", "grid.yaml:2: seeds: expected range(first, end)"),
        ("seeds: \"range(0,1e15)\"\nrouters: [random]", "grid.yaml:2: seeds: \"range(0,1e15)\" has more than"),
        (
            "seeds: \"range(0,999999999999)\"\nrouters: [random]",
            "grid.yaml:2: seeds: \"range(0,999999999999)\" has more than"
        ),
        (
            "seeds: [\"range(0,600000)\", \"range(600000,1200000)\"]\nrouters: [random]",
            "grid.yaml:2: seeds[1]: expected at most 1000000 values, found 1200000"
        ),
        (
            "routers: [{kind: linear, l2: \"range(0,1,1e-14)\"}]",
            "grid.yaml:2: routers[0].l2: \"range(0,1,1e-14)\" has more than 100000 values"
        ),
        (
            "routers: [{kind: linear, l2: \"logspace(-3,3,999999999)\"}]",
            "grid.yaml:2: routers[0].l2: expected logspace(first exponent, last exponent, count up to 100000)"
        ),
        (
            "splits: [{kind: random, train: 0.6, dev: 0.2, test: 0.2, seed: \"range(0,1000000)\", index: \"range(0,1000000)\"}]"
                + "\nrouters: [oracle]",
            "grid.yaml:2: splits[0]: 1000000 seeds with 1000000 indices are more than 10000 splits"
        ),
        (
            "fusion: [{kind: weighted, text: \"range(0,1,0.00001)\"}]\nrouters: [knn]",
            "grid.yaml:2: fusion[0]: its parameters have more than 10000 combinations"
        ),
        (
            "routers: [{kind: mlp, epochs: \"range(1,1000001)\", batch: \"range(1,1000001)\", seed: 1}]",
            "grid.yaml:2: routers[0].epochs: expected at most 200000 values, found 1000000"
        ),
        (
            "routers: [{kind: random, trials: \"range(1,1001)\"}]\nseeds: \"range(0,300000)\"",
            "grid.yaml: the grid has 300000000 cells, more than limits.cells = 200000"
        ),
        ("x:\n  b0: &b0 [a,a]\n" + bomb + "\nrouters: [oracle]", "its aliases (*name) may unfold to more than"),
        ("x: {b0: &b0 [a,a], " + String(repeating: "? [*b0,*b0] : 1, ", count: 20_000) + "}\n", "its aliases (*name)"),
        (
            "routers: [oracle]\nseeds: [" + String(repeating: "1,", count: 600_000) + "2]",
            "grid.yaml: a grid file has at most 1048576 bytes"
        ),
        ("x: " + String(repeating: "[", count: 400_000), "grid.yaml:"),
        (
            "routers: [" + String(repeating: "oracle,", count: 60_000) + "oracle]",
            "grid.yaml:2: routers: expected at most 10000 routers"
        ),
    ]

    @Test(arguments: cases.indices)
    func `what is too large is refused by its line in less than two seconds`(index: Int) throws {
        let (yaml, says) = Self.cases[index]
        var message = ""
        let time = try ContinuousClock().measure { message = try DatasetFixture.message(Self.head + yaml) }
        #expect(message.contains(says), "\(message.prefix(400))")
        #expect(time < .seconds(6), "a third of it in release builds")
    }

    @Test func `a file is refused by its size without being read`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("grid.yaml")
        #expect(FileManager.default.createFile(atPath: path, contents: nil))
        #expect(truncate(path, 1 << 40) == 0)
        let error = #expect(throws: RouteGridError.self) { try GridFile(path: path) }
        #expect(error?.message.contains("a grid file has at most 1048576 bytes, found 1099511627776") == true)
    }

    @Test func `aliases that repeat a few values are read`() throws {
        let yaml =
            Self.head + """
                fusion: [mean]
                routers:
                  - {kind: knn, k: &k [1, 2, 3]}
                  - {kind: knn, metric: euclidean, k: *k}
                  - {kind: knn, metric: cosine, k: *k}
                """
        #expect(try DatasetFixture.resolve(yaml).lock.contents.blocks.map { $0.parameters[0].values.count }.max() == 3)
    }

    @Test func `a hundred thousand values of one axis are read in time`() throws {
        let yaml = Self.head + "routers: [{kind: mlp, epochs: \"range(1,100001)\"}]"
        var count = 0
        let time = try ContinuousClock().measure { count = try DatasetFixture.resolve(yaml).lock.cellCount }
        #expect(count == 100_000)
        #expect(time < .seconds(6))
    }

    @Test func `many splits of many samples are checked in time`() throws {
        let data = DatasetFixture.dataset("one", count: 2_000)
        let yaml =
            Self.head + """
                splits: [{kind: random, train: 0.6, dev: 0.2, test: 0.2, index: "range(0,10000)"}]
                routers: [best-single]
                """
        var count = 0
        let time = try ContinuousClock().measure {
            count = try DatasetFixture.resolve(yaml, datasets: [data]).lock.cellCount
        }
        #expect(count == 10_000)
        #expect(time < .seconds(20), "without optimisation")
    }

    @Test func `a pool for every one of many models is refused before their outcomes are hashed`() throws {
        let models = (0..<1_200).map { "m\(10_000 + $0)" }
        let data = DatasetFixture.dataset("one", models: models, count: 200)
        let message = try DatasetFixture.message(
            Self.head + "models: [leave-one-out]\nrouters: [oracle]",
            datasets: [data]
        )
        #expect(message.contains("grid.yaml:2: models[0]: the pools of dataset one"), "\(message.prefix(300))")
    }
}
