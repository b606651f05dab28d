/// Where the parts of a JSON object in the form of a line stand, and what their canonical form has in other words.
///
/// The canonical form (see ``JSONValue/canonicalBytes()``) is the text without null members and with quotes around the
/// numbers that are not whole. A number stands as it is written: the form of lines has each in its shortest text.
package struct CompactOutline {
    /// A place that the canonical form changes.
    enum Change {
        case quoted(Range<Int>)
        case leftOut(Range<Int>)

        var range: Range<Int> {
            switch self {
            case .quoted(let range), .leftOut(let range): range
            }
        }
    }

    /// Of the outermost object.
    package let members: [CompactJSON.Member]
    /// Of the objects that are values of the outermost one, in order.
    private let innerMembers: [CompactJSON.Member]
    private let changes: [Change]

    init(members: [CompactJSON.Member], innerMembers: [CompactJSON.Member], changes: [Change]) {
        (self.members, self.innerMembers, self.changes) = (members, innerMembers, changes)
    }

    /// The members of an object that is the value of a member of the outermost one.
    package func members(of member: CompactJSON.Member) -> ArraySlice<CompactJSON.Member> {
        let start = innerMembers.partitioningIndex { $0.name.lowerBound >= member.value.lowerBound }
        let end = innerMembers.partitioningIndex { $0.name.lowerBound >= member.value.upperBound }
        return innerMembers[start..<end]
    }

    /// Appends the canonical form of a value.
    ///
    /// - Parameters:
    ///   - range: Where the value stands.
    ///   - bytes: The text that this is the outline of.
    ///   - out: What is appended to.
    package func appendCanonical(_ range: Range<Int>, of bytes: UnsafeRawBufferPointer, to out: inout [UInt8]) {
        var copied = range.lowerBound
        func copy(to end: Int, _ out: inout [UInt8]) {
            out.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[copied..<end]))
            copied = end
        }
        var place = changes.partitioningIndex { $0.range.lowerBound >= range.lowerBound }
        while place < changes.count, changes[place].range.lowerBound < range.upperBound {
            switch changes[place] {
            case .leftOut(let cut):
                copy(to: cut.lowerBound, &out)
                copied = cut.upperBound
            case .quoted(let number):
                copy(to: number.lowerBound, &out)
                out.append(UInt8(ascii: "\""))
                copy(to: number.upperBound, &out)
                out.append(UInt8(ascii: "\""))
            }
            place += 1
        }
        copy(to: range.upperBound, &out)
    }
}

extension Array {
    /// The first place whose element and all behind it are wanted, in an array where the unwanted ones stand first.
    fileprivate func partitioningIndex(where isWanted: (Element) -> Bool) -> Int {
        var (low, high) = (startIndex, endIndex)
        while low < high {
            let middle = low + (high - low) / 2
            if isWanted(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
