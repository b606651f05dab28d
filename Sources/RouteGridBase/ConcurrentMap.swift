import Dispatch

/// Calls a function for each of 0 ..< count, on all cores.
///
/// - Parameters:
///   - count: how many numbers.
///   - transform: called once a number, from several threads at a time.
/// - Returns: the results in the order of the numbers.
package func concurrentMap<Element: Sendable>(_ count: Int, _ transform: @Sendable (Int) -> Element) -> [Element] {
    let results = LockedBox([Element?](repeating: nil, count: count))
    DispatchQueue.concurrentPerform(iterations: count) { number in
        let result = transform(number)
        results.withLock { $0[number] = result }
    }
    return results.withLock { $0.compactMap(\.self) }
}

/// Calls a function that takes little time for each of 0 ..< count, on all cores, some hundred numbers at a time.
///
/// - Parameters:
///   - count: how many numbers.
///   - size: how many numbers a thread takes at a time.
///   - transform: called once a number, from several threads at a time.
/// - Returns: the results in the order of the numbers.
package func concurrentMap<Element: Sendable>(
    inBlocks count: Int,
    of size: Int = 256,
    _ transform: @Sendable (Int) -> Element
) -> [Element] {
    let starts = Array(stride(from: 0, to: count, by: size))
    return concurrentMap(starts.count) { place in
        (starts[place]..<min(starts[place] + size, count)).map(transform)
    }
    .flatMap(\.self)
}
