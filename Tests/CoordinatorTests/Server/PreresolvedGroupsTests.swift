import Coordinator
import RouteGridBase
import Testing

struct PreresolvedGroupsTests {
    private let preresolved = PreresolvedGroups(
        (0..<4).map { ResolvedGroup(group: $0, jobs: [], recorded: []) },
        of: RunID(2)
    )

    @Test(arguments: [(0..<2, [0, 1]), (0..<9, [0, 1, 2, 3]), (2..<9, [2, 3]), (4..<9, []), (3..<3, [])])
    func `wanted groups begin with those at hand`(wanted: Range<Int>, found: [Int]) {
        #expect(preresolved.first(of: wanted, in: RunID(2)).map(\.group) == found)
    }

    @Test func `another run has groups of the same numbers, and none of these`() {
        #expect(preresolved.first(of: 0..<4, in: RunID(1)).isEmpty)
    }

    @Test func `groups behind one that is not at hand are looked up with it`() {
        let groups = [1, 3].map { ResolvedGroup(group: $0, jobs: [], recorded: []) }
        let split = PreresolvedGroups(groups, of: RunID(2))
        #expect(split.first(of: 1..<4, in: RunID(2)).map(\.group) == [1])
        #expect(split.first(of: 0..<4, in: RunID(2)).isEmpty)
    }
}
