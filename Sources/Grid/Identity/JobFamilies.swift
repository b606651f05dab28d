package import Catalog
package import RouteGridBase

/// Reads the canonical bytes of many evaluations: those that differ in their budget only are parsed once.
///
/// Budget is the first member of the canonical form, so that bytes with the same end after it are of one family. Every
/// member besides the budget is compared byte by byte with one that was parsed and checked.
package struct JobFamilies: Sendable {
    /// One evaluation of each family, in the order they were found; its budget is that of the first.
    package private(set) var jobs: [JobIdentity] = []
    /// What stands behind the budget in each family's bytes.
    private var ends: [[UInt8]] = []

    private static let start = Array("{\"budget\":".utf8)

    package init() {}

    /// Reads one evaluation.
    ///
    /// - Returns: the number of its family, and its budget.
    /// - Throws: what ``JobIdentity/init(parsing:place:)`` throws.
    package mutating func read(
        _ bytes: [UInt8],
        place: @autoclosure () -> String
    ) throws(RouteGridError) -> (family: Int, budget: Budget) {
        let value = Self.budget(of: bytes)
        if let value, let family = ends.lastIndex(where: { $0[...] == bytes[value.upperBound...] }) {
            let budget = try JSONValue(parsing: bytes[value], place: place())
            return (family, try Budget(json: budget, place: "\(place()).budget"))
        }
        let job = try JobIdentity(parsing: bytes, place: place())
        jobs.append(job)
        // A family of its own when its budget is not found: no other bytes end like that.
        ends.append(value.map { Array(bytes[$0.upperBound...]) } ?? [])
        return (jobs.count - 1, job.budget)
    }

    /// Where the budget's value stands: a text without escapes, or a number.
    private static func budget(of bytes: [UInt8]) -> Range<Int>? {
        guard bytes.starts(with: start), bytes.count > start.count else { return nil }
        var end = start.count
        if bytes[end] == UInt8(ascii: "\"") {
            end += 1
            while end < bytes.count, bytes[end] != UInt8(ascii: "\"") {
                guard bytes[end] != UInt8(ascii: "\\") else { return nil }
                end += 1
            }
            end += 1
        } else {
            while end < bytes.count, bytes[end] != UInt8(ascii: ",") { end += 1 }
        }
        return end < bytes.count ? start.count..<end : nil
    }
}
