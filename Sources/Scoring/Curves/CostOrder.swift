/// Sorts cells by a float64 number in linear time.
package enum CostOrder {
    /// The order of some numbers, ascending, with equal numbers in the order given.
    ///
    /// A least-significant-digit radix sort on the bits of the numbers, 11 bits a pass; passes in which all numbers
    /// agree are skipped. Negative numbers and infinities sort as numbers do, −0 equals 0.
    /// - Parameters:
    ///   - numbers: no NaN among them.
    ///   - labels: one for each number.
    /// - Returns: the numbers ascending, and their labels in that order.
    /// - Complexity: O(n) with n = `numbers.count`.
    package static func sorted(_ numbers: [Double], labels: [UInt32]) -> (numbers: [Double], labels: [UInt32]) {
        precondition(numbers.count == labels.count, "\(labels.count) labels for \(numbers.count) numbers")
        let count = numbers.count
        guard count > 1 else { return (numbers, labels) }
        let histograms = histograms(of: numbers)
        var keys = [UInt64](unsafeUninitializedCapacity: count) { buffer, initialized in
            for index in 0..<count { buffer.initializeElement(at: index, to: key(numbers[index])) }
            initialized = count
        }
        var labels = labels
        var otherKeys = [UInt64](repeating: 0, count: count)
        var otherLabels = [UInt32](repeating: 0, count: count)
        for pass in 0..<passes {
            var starts = [UInt32](repeating: 0, count: digits)
            var next: UInt32 = 0
            var isConstant = false
            for digit in 0..<digits {
                let size = histograms[pass * digits + digit]
                isConstant = isConstant || size == UInt32(count)
                starts[digit] = next
                next += size
            }
            if isConstant { continue }
            scatter(keys, labels, intoKeys: &otherKeys, labels: &otherLabels, starts: &starts, shift: pass * bits)
            swap(&keys, &otherKeys)
            swap(&labels, &otherLabels)
        }
        return (keys.map(number), labels)
    }

    private static let bits = 11
    private static let digits = 1 << bits
    private static let passes = 6

    /// The bits of a number, changed so that unsigned order is the numbers' order.
    @inline(__always)
    private static func key(_ number: Double) -> UInt64 {
        let pattern = (number + 0).bitPattern
        return pattern ^ (UInt64(bitPattern: Int64(bitPattern: pattern) >> 63) | 1 << 63)
    }

    @inline(__always)
    private static func number(_ key: UInt64) -> Double {
        Double(bitPattern: key ^ (UInt64(bitPattern: Int64(bitPattern: ~key) >> 63) | 1 << 63))
    }

    /// How often each digit occurs in each pass, `[passes, digits]`.
    private static func histograms(of numbers: [Double]) -> [UInt32] {
        var counts = [UInt32](repeating: 0, count: passes * digits)
        counts.withUnsafeMutableBufferPointer { counts in
            for number in numbers {
                var key = key(number)
                for pass in 0..<passes {
                    counts[pass * digits + Int(key & UInt64(digits - 1))] += 1
                    key >>= UInt64(bits)
                }
            }
        }
        return counts
    }

    private static func scatter(
        _ keys: [UInt64],
        _ labels: [UInt32],
        intoKeys otherKeys: inout [UInt64],
        labels otherLabels: inout [UInt32],
        starts: inout [UInt32],
        shift: Int
    ) {
        keys.withUnsafeBufferPointer { keys in
            labels.withUnsafeBufferPointer { labels in
                otherKeys.withUnsafeMutableBufferPointer { otherKeys in
                    otherLabels.withUnsafeMutableBufferPointer { otherLabels in
                        starts.withUnsafeMutableBufferPointer { starts in
                            for index in keys.indices {
                                let key = keys[index]
                                let digit = Int(key >> UInt64(shift) & UInt64(digits - 1))
                                let place = Int(starts[digit])
                                starts[digit] &+= 1
                                otherKeys[place] = key
                                otherLabels[place] = labels[index]
                            }
                        }
                    }
                }
            }
        }
    }
}
