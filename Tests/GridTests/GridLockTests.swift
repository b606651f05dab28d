import Catalog
import Grid
import RouteGridBase
import Testing

struct GridLockTests {
    private static let excludes: [JSONValue] = [
        ["dataset": ["one"], "modality": [["train": "text", "test": "text"]]],
        ["router": ["kind": "knn", "parameters": ["k": [5]]], "budget": ["0.5x"]],
        ["modality": [["test": "text"]], "fusion": ["mean"]],
        ["seed": [1], "split_index": [0]],
        ["encoders": [["text": "other", "image": "default"]], "dataset": ["two"]],
    ]

    @Test(arguments: [[], excludes])
    func `put-together keys equal the keys of the typed identities, for every cell`(exclude: [JSONValue]) throws {
        let lock = try LockFixture.lock(LockFixture.json(exclude: exclude))
        var (next, jobs): (CellID, Int) = (0, 0)
        for group in 0..<lock.groupCount {
            let cells = lock.cells(ofGroup: group)
            #expect(cells.lowerBound == next)
            next = cells.upperBound
            let fit = lock.fit(ofGroup: group)
            #expect(lock.fitBytes(ofGroup: group) == fit.json.canonicalBytes())
            #expect(try FitIdentity(parsing: lock.fitBytes(ofGroup: group)) == fit)
            #expect(lock.fitKey(ofGroup: group) == fit.key)
            let keyed = lock.jobs(ofGroup: group)
            #expect(keyed.count == lock.activeCellCount(ofGroup: group))
            jobs += keyed.count
            for cell in cells { #expect(lock.group(ofCell: cell) == group) }
            for job in keyed {
                #expect(cells.contains(job.cell))
                let identity = lock.job(ofCell: job.cell)
                #expect(job.evalBytes == identity.json.canonicalBytes())
                #expect(job.jobKey == identity.key)
                #expect(try JobIdentity(parsing: job.evalBytes) == identity)
                #expect(identity.fit == fit.key)
            }
        }
        #expect(next.rawValue == lock.cellCount)
        #expect(jobs == lock.activeCellCount)
    }

    @Test func `cells are blocks times axes, with what a router does not read projected out`() throws {
        let lock = try LockFixture.lock()
        // knn: 2 tables · 2 encoders · 2 splits · 6 parameters · 3 budgets · (both×{both,text}: 2 fusions · 2 tests,
        // text×text: 1, text×both: 2 fusions, image: 1) = 2·2·2·6·3·8.
        let expected = [2 * 2 * 3, 8 * 6 * 3 * 8, 8 * 3 * 2 * 8, 8 * 3 * 3 * 8, 2 * 3, 2 * 2 * 3 * 3]
        #expect(lock.cellCount == expected.reduce(0, +))
        #expect(lock.excludedCount == 0)
    }

    @Test func `a cell without embeddings, seed or labels names none of them`() throws {
        let lock = try LockFixture.lock()
        let text = String(decoding: lock.fitBytes(ofGroup: 0), as: UTF8.self)
        #expect(!text.contains("\"text\"") && !text.contains("seed\":0") && !text.contains("modality"))
        #expect(!text.contains("fusion") && !text.contains("cost"))
    }

    @Test func `a clause about an axis that a router does not read leaves that router alone`() throws {
        let exclude: [JSONValue] = [["dataset": ["one"], "modality": [["train": "both"]]]]
        let lock = try LockFixture.lock(LockFixture.json(exclude: exclude))
        #expect(lock.jobs(ofGroup: 0).count == 3)
    }

    @Test func `the lock's bytes read back to the same lock`() throws {
        let lock = try LockFixture.lock(LockFixture.json(exclude: Self.excludes))
        let again = try GridLock(parsing: lock.bytes)
        #expect(again.bytes == lock.bytes)
        #expect(again.contents == lock.contents)
    }

    @Test func `every cell of a wide grid has its own key`() throws {
        let budgets = (1...40).map { JSONValue.double(Double($0) / 1_000) }
        let lock = try LockFixture.lock(
            LockFixture.json(blocks: [LockFixture.blocks[3]], budgets: budgets.prefix(3) + [])
        )
        var keys: Set<JobKey> = []
        for group in 0..<lock.groupCount { keys.formUnion(lock.jobs(ofGroup: group).map(\.jobKey)) }
        // The encoder pairs share their image tensor, and (image, image) reads nothing else.
        let sharedByEncoders = 2 * 2 * 3 * 3
        #expect(keys.count == lock.cellCount - sharedByEncoders)
    }

    @Test func `min_coverage is in fit keys when it is not the standard`() throws {
        var json = try #require(LockFixture.json().objectValue)
        let standard = try LockFixture.lock(.object(json))
        json["min_coverage"] = "0.5"
        let lock = try LockFixture.lock(.object(json))
        let fit = lock.fit(ofGroup: 0)
        #expect(fit.minCoverage == 0.5 && standard.fit(ofGroup: 0).minCoverage == 0.9)
        #expect(lock.fitBytes(ofGroup: 0) == fit.json.canonicalBytes())
        #expect(try FitIdentity(parsing: lock.fitBytes(ofGroup: 0)) == fit)
        #expect(lock.fitKey(ofGroup: 0) != standard.fitKey(ofGroup: 0))
        #expect(!standard.fit(ofGroup: 0).json.canonicalText.contains("min_coverage"))
        json["min_coverage"] = 2
        #expect(throws: RouteGridError.self) { try LockFixture.lock(.object(json)) }
    }

    @Test func `a lock of an older revision is read on request, and shows what has changed since`() throws {
        var json = try #require(LockFixture.json().objectValue)
        json["metrics_revision"] = 1
        let bytes = JSONValue.object(json).canonicalBytes()
        #expect(throws: RouteGridError.self) { try GridLock(parsing: bytes) }
        let old = try GridLock(parsing: bytes, revisions: .any)
        let cell = try #require(old.jobs(ofGroup: 0).first)
        #expect(cell.jobKey == old.job(ofCell: cell.cell).key)
        #expect(old.earlierRevisions == "metrics revision 1 (now \(CurveMetric.revision))")
        #expect(try LockFixture.lock().earlierRevisions == nil)
    }

    @Test func `data and labels of a group name what its cells read`() throws {
        let lock = try LockFixture.lock()
        #expect(lock.data(ofGroup: 0).count == 3)
        #expect(lock.labels(ofGroup: 0)["dataset"] == "one")
        #expect(lock.labels(ofGroup: 0)["encoder"] == .null)
        let knn = lock.group(ofCell: CellID(2 * 2 * 3))
        #expect(lock.data(ofGroup: knn).count == 5)
        #expect(lock.labels(ofGroup: knn)["encoder"] == ["text": "default", "image": "default"])
    }

    @Test func `a lock of another build is refused by name`() throws {
        var json = try #require(LockFixture.json().objectValue)
        json["metrics_revision"] = 99
        #expect {
            try LockFixture.lock(.object(json))
        } throws: {
            "\($0)"
                == "grid.lock.json: the metric set is named in revision 99, this build has 1 to \(CurveMetric.revision)"
        }
        json["metrics_revision"] = JSONValue(CurveMetric.revision)
        json["sharding"] = true
        #expect {
            try LockFixture.lock(.object(json))
        } throws: {
            "\($0)" == "grid.lock.json: unknown member \"sharding\""
        }
    }
}
