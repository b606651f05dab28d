import Foundation
import Testing

extension Tag {
    /// Takes seconds, not milliseconds.
    @Tag static var slow: Self
}

/// How many seeds the tests on planted data draw: `ROUTEGRID_PLANTED_SEEDS`, or the number given.
func plantedSeeds(_ usual: Int) -> Int {
    ProcessInfo.processInfo.environment["ROUTEGRID_PLANTED_SEEDS"].flatMap { Int($0) } ?? usual
}
