import Dispatch

/// What `transform` makes of 0 ..< count, in that order, computed on all cores.
///
/// - Parameters:
///   - count: how many numbers.
///   - transform: called once a number, from several threads at a time.
package func concurrentMap<Element: Sendable>(_ count: Int, _ transform: @Sendable (Int) -> Element) -> [Element] {
    let results = LockedBox([Element?](repeating: nil, count: count))
    DispatchQueue.concurrentPerform(iterations: count) { number in
        let result = transform(number)
        results.withLock { $0[number] = result }
    }
    return results.withLock { $0.compactMap(\.self) }
}
