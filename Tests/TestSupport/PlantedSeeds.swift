import Foundation

/// The seeds that tests on planted data draw: 0 ..< the number given, or what `ROUTEGRID_PLANTED_SEEDS` says, a number
/// or `FIRST..<END`.
package func plantedSeeds(_ usual: Int) -> Range<Int> {
    let words = ProcessInfo.processInfo.environment["ROUTEGRID_PLANTED_SEEDS"] ?? ""
    let ends = words.split(separator: "..<").compactMap { Int($0) }
    return switch ends.count {
    case 1 where ends[0] > 0: 0..<ends[0]
    case 2 where ends[0] < ends[1]: ends[0]..<ends[1]
    default: 0..<usual
    }
}
