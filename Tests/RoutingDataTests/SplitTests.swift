import RouteGridBase
import RoutingData
import Testing

struct SplitTests {
    private func random(_ train: Double, _ dev: Double, _ test: Double, groupBy: Split.GroupBy = .sample) -> Split.Kind
    {
        .random(train: train, dev: dev, test: test, groupBy: groupBy)
    }

    @Test(arguments: [("digits_vqa", 1_600), ("mathvision15", 3_040)])
    func `the compat split is the peer's, row by row`(name: String, count: Int) throws {
        let parts = try Split(kind: .compat(train: 0.2), seed: 42).parts(of: Fixtures.samples(count))
        #expect(parts.train == (try NumpyArray(file: Fixtures.golden("\(name)/train_idx.npy")).integers()))
        #expect(parts.test == (try NumpyArray(file: Fixtures.golden("\(name)/test_idx.npy")).integers()))
        #expect(parts.dev.isEmpty)
    }

    @Test(arguments: [("digits_vqa", 1_600), ("mathvision15", 3_040)])
    func `the split of VL-RouterBench is the peer's, row by row`(name: String, count: Int) throws {
        let split = Split(kind: .vlCompat(train: 0.7, dev: 0.1), seed: 42)
        let parts = try split.parts(of: Fixtures.samples(count))
        for (part, rows) in [("train", parts.train), ("dev", parts.dev), ("test", parts.test)] {
            #expect(rows == (try NumpyArray(file: Fixtures.golden("\(name)/vl/\(part)_idx.npy")).integers()))
        }
    }

    /// `numpy.random.RandomState(seed).permutation(n)` of numpy 2.4.6, as train after test.
    @Test(arguments: [
        (0, [2, 8, 4, 9, 1, 6, 7, 3, 0, 5]), (1, [2, 9, 6, 4, 0, 3, 1, 7, 8, 5]),
        (42, [11, 9, 0, 8, 5, 2, 1, 12, 4, 7, 10, 3, 6]), (4_294_967_295, [5, 1, 8, 7, 0, 6, 4, 2, 3]),
        (12_345, [13, 8, 16, 3, 15, 12, 0, 10, 7, 11, 6, 17, 19, 18, 14, 9, 4, 1, 5, 2]),
    ])
    func `the compat split permutes as numpy does`(seed: Int, permutation: [Int]) throws {
        let samples = Fixtures.samples(permutation.count)
        let parts = try Split(kind: .compat(train: 0.5), seed: seed).parts(of: samples)
        #expect(parts.test + parts.train == permutation)
        let shuffled = try Split(kind: .vlCompat(train: 0.5, dev: 0.2), seed: seed).parts(of: samples)
        #expect(shuffled.train + shuffled.dev + shuffled.test == permutation)
    }

    /// SHA-256 of the permutations as comma-separated texts, from numpy 2.4.6.
    @Test func `the split of VL-RouterBench has its sizes and its order`() throws {
        let parts = try Split(kind: .vlCompat(train: 0.7, dev: 0.1), seed: 42).parts(of: Fixtures.samples(30_540))
        #expect([parts.train.count, parts.dev.count, parts.test.count] == [21_378, 3_054, 6_108])
        let text = (parts.train + parts.dev + parts.test).map(String.init).joined(separator: ",")
        #expect(
            Digest(hashing: text.utf8).hex == "ff492a7e86710cc49392fad947ca2af46c8775b5ee3af09b305b328d05a81dec"
        )
    }

    /// The order of `SHA-256("routegrid/split/1" 0 seed 0 index 0 id 0)` computed with Python's hashlib.
    @Test func `the random split follows the digest order`() throws {
        let samples = Fixtures.samples(10)
        let parts = try Split(kind: random(0.5, 0.2, 0.3), seed: 1).parts(of: samples)
        #expect(parts == SplitParts(train: [0, 2, 7, 8, 9], dev: [1, 4], test: [3, 5, 6]))
        let other = try Split(kind: random(0.5, 0.2, 0.3), seed: 1, index: 1).parts(of: samples)
        #expect(other == SplitParts(train: [0, 4, 6, 7, 9], dev: [3, 8], test: [1, 2, 5]))
    }

    @Test func `parts are disjoint, cover all rows, and keep twin prompts together`() throws {
        let samples = Fixtures.samples(101, groupSize: 3)
        let kinds: [Split.Kind] = [
            random(0.6, 0.2, 0.2, groupBy: .prompt), .kfold(folds: 5, dev: 0.1, groupBy: .prompt),
        ]
        for kind in kinds {
            for index in 0..<7 {
                let parts = try Split(kind: kind, seed: 3, index: index).parts(of: samples)
                #expect((parts.train + parts.dev + parts.test).sorted() == Array(0..<101))
                let groups = [parts.train, parts.dev, parts.test].map { rows in Set(rows.map { samples[$0].group }) }
                #expect(groups[0].isDisjoint(with: groups[1]) && groups[0].isDisjoint(with: groups[2]))
                #expect(groups[1].isDisjoint(with: groups[2]))
            }
        }
    }

    @Test(arguments: [Split.GroupBy.sample, .prompt])
    func `a fixed test part is one for every index, and train and dev rotate`(groupBy: Split.GroupBy) throws {
        let samples = Fixtures.samples(102, groupSize: 3)
        let kinds: [Split.Kind] = [
            .random(train: 0.5, dev: 0.3, test: 0.2, groupBy: groupBy, fixedTest: true),
            .kfold(folds: 4, dev: 0, groupBy: groupBy, fixedTest: 0.2),
        ]
        for kind in kinds {
            let parts = try (0..<4).map { try Split(kind: kind, seed: 5, index: $0).parts(of: samples) }
            #expect(Set(parts.map(\.test)).count == 1 && Set(parts.map(\.dev)).count == 4)
            #expect(try Split(kind: kind, seed: 6).parts(of: samples).test != parts[0].test)
            for part in parts {
                #expect((part.train + part.dev + part.test).sorted() == Array(0..<102))
                if groupBy == .prompt {
                    let groups = [part.train, part.dev, part.test].map { rows in Set(rows.map { samples[$0].group }) }
                    #expect(
                        groups[0].isDisjoint(with: groups[1]) && groups[2].isDisjoint(with: groups[0].union(groups[1]))
                    )
                }
            }
        }
        // Both kinds draw the same test part, and the folds of one order judge each other row once.
        let both = try kinds.map { try Split(kind: $0, seed: 5).parts(of: samples).test }
        #expect(both[0] == both[1])
        let judged = try (0..<4).flatMap { try Split(kind: kinds[1], seed: 5, index: $0).parts(of: samples).dev }
        #expect((judged + both[0]).sorted() == Array(0..<102))
    }

    @Test func `the order of rows does not change who is where`() throws {
        let samples = Fixtures.samples(40)
        let split = Split(kind: random(0.5, 0.25, 0.25), seed: 9)
        let forward = try split.parts(of: samples)
        let backward = try split.parts(of: samples.reversed())
        #expect(forward.train.map { samples[$0].id }.sorted() == backward.train.map { samples[39 - $0].id }.sorted())
    }

    @Test func `every sample is tested once in the folds of one order`() throws {
        let tested = try (0..<4).flatMap { index in
            try Split(kind: .kfold(folds: 4, dev: 0, groupBy: .sample), seed: 1, index: index)
                .parts(of: Fixtures.samples(30)).test
        }
        #expect(tested.sorted() == Array(0..<30))
    }

    @Test func `a held-out split trains and tests on different datasets`() throws {
        let samples = (0..<30).map { Sample(id: "\($0)", dataset: ["a", "b", "c"][$0 % 3], group: "\($0)") }
        let kind = Split.Kind.heldOut(train: ["a"], test: ["c"], dev: 0.2, groupBy: .sample)
        let parts = try Split(kind: kind, seed: 1).parts(of: samples)
        #expect(parts.test == Array(stride(from: 2, to: 30, by: 3)))
        #expect((parts.train + parts.dev).sorted() == Array(stride(from: 0, to: 30, by: 3)))
        #expect(parts.dev.count == 2)
    }

    @Test func `a fraction of zero leaves its part empty`() throws {
        let parts = try Split(kind: random(0.7, 0.3, 0), seed: 1).parts(of: Fixtures.samples(7))
        #expect([parts.train.count, parts.dev.count, parts.test.count] == [4, 3, 0])
    }

    @Test(arguments: [
        (Split.Kind.random(train: 0.1, dev: 0.1, test: 0.8, groupBy: .sample), 3, "the train part is empty"),
        (.random(train: 0.6, dev: 0.1, test: 0.3, groupBy: .sample), 4, "the dev part is empty"),
        (.random(train: 0.5, dev: 0, test: 0.5, groupBy: .sample), 0, "the train part is empty"),
        (.random(train: 0.5, dev: 0.3, test: 0.3, groupBy: .sample), 9, "train + dev + test: expected 1"),
        (.random(train: 1.5, dev: -0.5, test: 0, groupBy: .sample), 9, "train: expected a fraction"),
        (.compat(train: 0.2), 4, "the train part is empty"), (.compat(train: 1), 4, "between 0 and 1"),
        (.kfold(folds: 1, dev: 0, groupBy: .sample), 4, "folds: expected 2 or more"),
        (.kfold(folds: 5, dev: 0, groupBy: .sample), 3, "the test part is empty"),
        (.heldOut(train: ["x"], test: ["d"], dev: 0, groupBy: .sample), 3, "no dataset \"x\""),
        (.heldOut(train: ["d"], test: ["d"], dev: 0, groupBy: .sample), 3, "in train and in test"),
        (.vlCompat(train: 0.9, dev: 0.1), 30, "less than 1"),
    ])
    func `a split that cannot be is refused`(kind: Split.Kind, count: Int, expected: String) {
        let text = message { _ = try Split(kind: kind, seed: 1).parts(of: Fixtures.samples(count)) }
        #expect(text.contains(expected) && text.hasPrefix("split "), "\(text)")
    }

    @Test func `a seed outside numpy's range is refused`() {
        let text = message { _ = try Split(kind: .compat(train: 0.2), seed: -1).parts(of: Fixtures.samples(10)) }
        #expect(text.contains("seed: expected 0…4294967295"))
    }
}
