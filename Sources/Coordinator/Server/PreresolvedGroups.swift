package import Grid
package import RouteGridBase

/// A group with its keys, and whether the store has a record of each.
package struct ResolvedGroup: Sendable {
    package let group: Int
    let jobs: [KeyedJob]
    let recorded: [Bool]

    package init(group: Int, jobs: [KeyedJob], recorded: [Bool]) {
        (self.group, self.jobs, self.recorded) = (group, jobs, recorded)
    }
}

/// The first groups of a new run, which were looked up with its submission.
package struct PreresolvedGroups: Sendable {
    private let run: RunID
    private let groups: [ResolvedGroup]

    package init(_ groups: [ResolvedGroup], of run: RunID) { (self.groups, self.run) = (groups, run) }

    /// The leading groups of `wanted` that are here; none of another run, whose groups have the same numbers.
    package func first(of wanted: Range<Int>, in run: RunID) -> [ResolvedGroup] {
        guard run == self.run else { return [] }
        return zip(wanted, groups.drop { $0.group < wanted.lowerBound }).prefix { $0 == $1.group }.map { $1 }
    }
}
